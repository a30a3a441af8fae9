"""The scenario that every client program here plays, in Python; the Go, Java and JavaScript programs do the same.

    PROGRAM BOOTSTRAP SCENARIO OPTIONS-AS-JSON

`full` makes a topic, produces a set of messages per codec, and reads them all in a group of consumers that start one
after the other. Half of every set is there before the first consumer; the rest is written when all consumers have
partitions, so that every one of them has something to read and every rebalance happens under load. Each consumer
commits what it read synchronously, and leaves. `create`, `produce` and `consume` are its parts; `produce` writes
whole sets, `consume` reads `expect` messages.

The result is one line of JSON on stdout; what went wrong is on stderr. The exit status is 1 when a message was lost
or altered, a consumer failed, or the group has not committed all that it read.
"""

import faulthandler
import json
import os
import sys
import threading
import time
import traceback

PADDING = "kafkascope " * 12
# What a transactional producer writes and aborts before each of its sets; who reads it finds it altered.
ABORTED = b"aborted:0:must not be read"


class Options:
    def __init__(self, argv):
        self.bootstrap, self.scenario, raw = argv[1], argv[2], json.loads(argv[3])
        self.topic = raw["topic"]
        self.group = raw["group"]
        self.client_id = raw["clientId"]
        self.partitions = raw["partitions"]
        self.replication_factor = raw["replicationFactor"]
        self.messages = raw["messagesPerCodec"]
        self.codecs = raw["codecs"]
        self.consumers = raw["consumers"]
        self.stagger = raw["staggerMs"] / 1000
        self.expect = raw.get("expect")
        self.config = raw.get("config", {})
        self.ca_file = raw.get("caFile")
        self.sasl = raw.get("sasl")
        self.transactional = raw.get("transactional", False)
        self.deadline = time.monotonic() + raw["timeoutMs"] / 1000

    def late(self):
        return time.monotonic() > self.deadline


def messages(codec, start, stop):
    """(partition is index modulo partitions, key, value) of one stretch of a codec's set."""
    for index in range(start, stop):
        yield index, f"k{index}".encode(), f"{codec}:{index}:{PADDING}".encode()


class Ledger:
    """What the consumers of one group have seen so far; shared by their threads."""

    def __init__(self, consumers):
        self.lock = threading.Lock()
        self.seen = set()
        self.per_consumer = [0] * consumers
        self.assigned = [set() for _ in range(consumers)]
        self.assignments = 0
        self.altered = []
        self.stop = threading.Event()
        self.errors = []

    def read(self, consumer, value):
        codec, index, padding = value.decode().split(":", 2)
        with self.lock:
            if padding != PADDING:
                self.altered.append(f"{codec}:{index}")
            self.seen.add((codec, index))
            self.per_consumer[consumer] += 1

    def assign(self, consumer, partitions):
        with self.lock:
            self.assigned[consumer] = set(partitions)
            self.assignments += 1

    def settled(self, partitions):
        """Every consumer has at least one partition, if there are that many, and nothing is assigned twice."""
        with self.lock:
            total = sum(len(a) for a in self.assigned)
            busy = sum(1 for a in self.assigned if a)
            return total == partitions and busy == min(partitions, len(self.assigned))


def play(client, options):
    """Runs the scenario with a `client` that has create(), produce(codec, start, stop), consume(number, ledger) and
    committed(); returns the result."""
    result = {"client": client.name, "version": client.version, "topic": options.topic, "group": options.group}
    began = time.monotonic()
    codecs = [c for c in options.codecs if c not in client.skipped]
    result["codecs"] = codecs
    result["skipped"] = {c: why for c, why in client.skipped.items() if c in options.codecs}
    produced = 0
    whole = options.messages
    half = whole // 2 if options.scenario == "full" else whole
    if options.scenario in ("full", "create"):
        client.create()
    if options.scenario in ("full", "produce"):
        for codec in codecs:
            produced += client.produce(codec, 0, half)
    if options.scenario in ("full", "consume"):
        ledger = Ledger(options.consumers)
        threads = []
        for number in range(options.consumers):
            if number:
                time.sleep(options.stagger)
            thread = threading.Thread(target=guarded, args=(client, number, ledger), daemon=True)
            thread.start()
            threads.append(thread)
        wait(options, ledger, lambda: ledger.settled(options.partitions))
        result["settled"] = ledger.settled(options.partitions)
        if options.scenario == "full":
            for codec in codecs:
                produced += client.produce(codec, half, whole)
        expect = produced if options.scenario == "full" else options.expect
        wait(options, ledger, lambda: len(ledger.seen) >= expect)
        ledger.stop.set()
        patience = time.monotonic() + 15
        for thread in threads:
            thread.join(max(0, patience - time.monotonic()))
        result["expected"] = expect
        result["consumed"] = len(ledger.seen)
        result["perConsumer"] = ledger.per_consumer
        result["duplicates"] = sum(ledger.per_consumer) - len(ledger.seen)
        result["assignments"] = ledger.assignments
        result["altered"] = ledger.altered
        result["errors"] = ledger.errors
        result["committed"] = client.committed()
    result["produced"] = produced
    result["ms"] = round((time.monotonic() - began) * 1000)
    return result


def guarded(client, number, ledger):
    try:
        client.consume(number, ledger)
    except Exception as error:  # noqa: BLE001 - the scenario reports whatever a client throws
        traceback.print_exc()
        with ledger.lock:
            ledger.errors.append(f"consumer {number}: {type(error).__name__}: {error}")


def wait(options, ledger, done):
    while not done() and not options.late() and not ledger.errors:
        time.sleep(0.05)


def sound(result):
    if "consumed" not in result:
        return True
    # More than expected: a transaction's end marker takes an offset too, and a producer may have sent a batch twice.
    committed = sum(result["committed"].values()) >= result["expected"]
    return result["consumed"] == result["expected"] and committed and not result["altered"] and not result["errors"]


def main(make):
    status = 1
    try:
        options = Options(sys.argv)
        # A client that hangs shows where, and ends.
        faulthandler.dump_traceback_later(options.deadline - time.monotonic() + 10, exit=True)
        result = play(make(options), options)
        print(json.dumps(result), flush=True)
        status = 0 if sound(result) else 1
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    # Not sys.exit: a client that has failed may have left threads behind, and those would be waited for.
    sys.stderr.flush()
    os._exit(status)
