"""kafka-python: one program for release 3 and for 2.0.2, which many installations still have."""

import kafka
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.structs import OffsetAndMetadata

from scenario import ABORTED, main, messages

OLD = kafka.__version__.startswith("2.0.")


class KafkaPython:
    name = "kafka-python-2" if OLD else "kafka-python"
    version = kafka.__version__
    skipped = {}

    def __init__(self, options):
        self.options = options
        self.common = {"bootstrap_servers": options.bootstrap.split(","), "client_id": options.client_id}
        if options.ca_file:
            self.common |= {"security_protocol": "SSL", "ssl_cafile": options.ca_file}
        if options.sasl:
            self.common |= {
                "security_protocol": "SASL_SSL" if options.ca_file else "SASL_PLAINTEXT",
                "sasl_mechanism": options.sasl["mechanism"],
                "sasl_plain_username": options.sasl["username"],
                "sasl_plain_password": options.sasl["password"],
            }
        if options.transactional and OLD:
            raise SystemExit("kafka-python 2.0.2 has no transactions")

    def create(self):
        o = self.options
        admin = KafkaAdminClient(**self.common)
        admin.create_topics([NewTopic(o.topic, num_partitions=o.partitions, replication_factor=o.replication_factor)])
        admin.close()

    def produce(self, codec, start, stop):
        config = self.common | {"compression_type": None if codec == "none" else codec, "linger_ms": 20, "acks": "all"}
        if OLD:
            config["retries"] = 5  # none by default, and a new topic's leader may take a moment
        if self.options.transactional:
            config["transactional_id"] = f"{self.options.group}-tx"
        producer = KafkaProducer(**config)
        if self.options.transactional:
            producer.init_transactions()
            producer.begin_transaction()
            producer.send(self.options.topic, value=ABORTED, partition=0).get(20)
            producer.abort_transaction()
            producer.begin_transaction()
        futures = [
            producer.send(
                self.options.topic,
                value=value,
                key=key,
                partition=index % self.options.partitions,
                headers=[("codec", codec.encode())],
            )
            for index, key, value in messages(codec, start, stop)
        ]
        for future in futures:
            future.get(20)
        if self.options.transactional:
            producer.commit_transaction()
        producer.close()
        return stop - start

    def consume(self, number, ledger):
        class Listener(ConsumerRebalanceListener):
            def on_partitions_revoked(self, revoked):
                ledger.assign(number, set())

            def on_partitions_assigned(self, assigned):
                ledger.assign(number, {p.partition for p in assigned})

        transactions = {"isolation_level": "read_committed"} if self.options.transactional else {}
        consumer = KafkaConsumer(
            **self.common | {"client_id": f"{self.options.client_id}-{number}"} | transactions,
            group_id=self.options.group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=400,
            session_timeout_ms=10000,
            max_poll_records=20,
        )
        consumer.subscribe([self.options.topic], listener=Listener())
        try:
            while not ledger.stop.is_set() and not self.options.late():
                ends = {}
                for partition, records in consumer.poll(timeout_ms=100).items():
                    for record in records:
                        ledger.read(number, record.value)
                    end = records[-1].offset + 1
                    ends[partition] = OffsetAndMetadata(end, "") if OLD else OffsetAndMetadata(end, "", -1)
                if ends:
                    consumer.commit(ends)
        finally:
            consumer.close()

    def committed(self):
        consumer = KafkaConsumer(**self.common, group_id=self.options.group, enable_auto_commit=False)
        partitions = [TopicPartition(self.options.topic, p) for p in range(self.options.partitions)]
        offsets = {str(p.partition): consumer.committed(p) or 0 for p in partitions}
        consumer.close()
        return offsets


main(KafkaPython)
