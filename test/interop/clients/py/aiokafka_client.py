"""aiokafka. Each call of the scenario's threads runs an event loop of its own."""

import asyncio
import ssl

import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from scenario import ABORTED, main, messages


class Aiokafka:
    name = "aiokafka"
    version = aiokafka.__version__
    skipped = {}

    def __init__(self, options):
        self.options = options
        self.common = {"bootstrap_servers": options.bootstrap, "client_id": options.client_id}
        if options.ca_file:
            context = ssl.create_default_context(cafile=options.ca_file)
            self.common |= {"security_protocol": "SSL", "ssl_context": context}
        if options.sasl:
            self.common |= {
                "security_protocol": "SASL_SSL" if options.ca_file else "SASL_PLAINTEXT",
                "sasl_mechanism": options.sasl["mechanism"],
                "sasl_plain_username": options.sasl["username"],
                "sasl_plain_password": options.sasl["password"],
            }

    def create(self):
        async def run():
            o = self.options
            admin = AIOKafkaAdminClient(**self.common)
            await admin.start()
            topic = NewTopic(o.topic, num_partitions=o.partitions, replication_factor=o.replication_factor)
            answer = await admin.create_topics([topic])
            await admin.close()
            failed = [t for t in answer.topic_errors if t[1] != 0]
            if failed:
                raise RuntimeError(f"create_topics: {failed}")

        asyncio.run(run())

    def produce(self, codec, start, stop):
        async def run():
            config = self.common | {"compression_type": None if codec == "none" else codec, "linger_ms": 20}
            if self.options.transactional:
                config["transactional_id"] = f"{self.options.group}-tx"
            producer = AIOKafkaProducer(**config, enable_idempotence=True)
            await producer.start()
            if self.options.transactional:
                await producer.begin_transaction()
                await producer.send_and_wait(self.options.topic, ABORTED, partition=0)
                await producer.abort_transaction()
                await producer.begin_transaction()
            sent = [
                await producer.send(
                    self.options.topic,
                    value,
                    key,
                    partition=index % self.options.partitions,
                    headers=[("codec", codec.encode())],
                )
                for index, key, value in messages(codec, start, stop)
            ]
            await asyncio.wait_for(asyncio.gather(*sent), 20)
            if self.options.transactional:
                await producer.commit_transaction()
            await producer.stop()

        asyncio.run(run())
        return stop - start

    def consume(self, number, ledger):
        class Listener(ConsumerRebalanceListener):
            async def on_partitions_revoked(self, revoked):
                ledger.assign(number, set())

            async def on_partitions_assigned(self, assigned):
                ledger.assign(number, {p.partition for p in assigned})

        async def run():
            consumer = AIOKafkaConsumer(
                **self.common | {"client_id": f"{self.options.client_id}-{number}"},
                group_id=self.options.group,
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                heartbeat_interval_ms=400,
                session_timeout_ms=10000,
                isolation_level="read_committed" if self.options.transactional else "read_uncommitted",
            )
            consumer.subscribe([self.options.topic], listener=Listener())
            await consumer.start()
            try:
                while not ledger.stop.is_set() and not self.options.late():
                    batch = await consumer.getmany(timeout_ms=100, max_records=20)
                    for records in batch.values():
                        for record in records:
                            ledger.read(number, record.value)
                    if batch:
                        await consumer.commit({p: records[-1].offset + 1 for p, records in batch.items()})
            finally:
                await consumer.stop()

        asyncio.run(run())

    def committed(self):
        async def run():
            consumer = AIOKafkaConsumer(**self.common, group_id=self.options.group, enable_auto_commit=False)
            await consumer.start()
            partitions = [TopicPartition(self.options.topic, p) for p in range(self.options.partitions)]
            offsets = {str(p.partition): await consumer.committed(p) or 0 for p in partitions}
            await consumer.stop()
            return offsets

        return asyncio.run(run())


main(Aiokafka)
