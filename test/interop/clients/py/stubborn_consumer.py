"""A consumer that polls on whatever errors it is given, as many a service does: BOOTSTRAP TOPIC SECONDS.

Errors go to stderr, librdkafka's own log lines among them; exits with 0 when its time is up.
"""

import sys
import time

from confluent_kafka import Consumer, Producer

bootstrap, topic, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])

producer = Producer({"bootstrap.servers": bootstrap})
producer.produce(topic, b"one")
producer.flush(10)

consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"{topic}-group", "client.id": "stubborn"})
consumer.subscribe([topic])
end = time.monotonic() + seconds
while time.monotonic() < end:
    message = consumer.poll(0.2)
    if message is not None and message.error():
        print(message.error(), file=sys.stderr, flush=True)
consumer.close()
