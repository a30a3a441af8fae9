"""librdkafka, through confluent-kafka."""

import confluent_kafka
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from scenario import ABORTED, main, messages


class Confluent:
    name = "confluent"
    skipped = {}

    def __init__(self, options):
        self.options = options
        self.version = f"{confluent_kafka.__version__} (librdkafka {confluent_kafka.libversion()[0]})"
        self.common = {"bootstrap.servers": options.bootstrap, "client.id": options.client_id}
        if options.ca_file:
            self.common |= {"security.protocol": "SSL", "ssl.ca.location": options.ca_file}
        if options.sasl:
            self.common |= {
                "security.protocol": "SASL_SSL" if options.ca_file else "SASL_PLAINTEXT",
                "sasl.mechanism": options.sasl["mechanism"],
                "sasl.username": options.sasl["username"],
                "sasl.password": options.sasl["password"],
            }
        self.common |= {k: v for k, v in options.config.items() if not k.startswith("group.")}
        self.group_config = {k: v for k, v in options.config.items() if k.startswith("group.")}

    def create(self):
        o = self.options
        topic = NewTopic(o.topic, num_partitions=o.partitions, replication_factor=o.replication_factor)
        admin = AdminClient(self.common)  # its futures fail once it is collected
        for future in admin.create_topics([topic], operation_timeout=10).values():
            future.result(20)

    def produce(self, codec, start, stop):
        config = self.common | {"compression.type": codec, "linger.ms": 20}
        if self.options.transactional:
            config["transactional.id"] = f"{self.options.group}-tx"
        producer = Producer(config)
        failed = []
        if self.options.transactional:
            producer.init_transactions(15)
            producer.begin_transaction()
            producer.produce(self.options.topic, ABORTED, partition=0)
            producer.flush(20)
            producer.abort_transaction(15)
            producer.begin_transaction()
        for index, key, value in messages(codec, start, stop):
            producer.produce(
                self.options.topic,
                value,
                key,
                partition=index % self.options.partitions,
                headers={"codec": codec},
                on_delivery=lambda error, _message: failed.append(error) if error else None,
            )
        left = producer.flush(20)
        if left or failed:
            raise RuntimeError(f"{codec}: {left} messages not delivered, {failed[:1]}")
        if self.options.transactional:
            producer.commit_transaction(15)
        return stop - start

    def consume(self, number, ledger):
        config = self.common | {
            "client.id": f"{self.options.client_id}-{number}",
            "group.id": self.options.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
        if self.group_config.get("group.protocol") != "consumer":
            config |= {"heartbeat.interval.ms": 400, "session.timeout.ms": 10000}
        consumer = Consumer(config | self.group_config)
        mine = set()

        # librdkafka names what is added (all of it, with an eager assignor) and what is taken away.
        def on_assign(_consumer, partitions):
            mine.update(p.partition for p in partitions)
            ledger.assign(number, mine)

        def on_revoke(_consumer, partitions):
            mine.difference_update(p.partition for p in partitions)
            ledger.assign(number, mine)

        consumer.subscribe([self.options.topic], on_assign=on_assign, on_revoke=on_revoke)
        try:
            while not ledger.stop.is_set() and not self.options.late():
                batch = consumer.consume(20, 0.1)
                for message in batch:
                    if message.error():
                        raise KafkaException(message.error())
                    ledger.read(number, message.value())
                if batch:
                    consumer.commit(offsets=self.ends(batch), asynchronous=False)
        finally:
            consumer.close()

    def ends(self, batch):
        ends = {m.partition(): m.offset() + 1 for m in batch}
        return [TopicPartition(self.options.topic, p, offset) for p, offset in ends.items()]

    def committed(self):
        partitions = [TopicPartition(self.options.topic, p) for p in range(self.options.partitions)]
        request = [ConsumerGroupTopicPartitions(self.options.group, partitions)]
        admin = AdminClient(self.common)
        offsets = admin.list_consumer_group_offsets(request)[self.options.group].result(20).topic_partitions
        return {str(p.partition): max(p.offset, 0) for p in offsets}


main(Confluent)
