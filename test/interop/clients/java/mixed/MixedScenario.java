import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Consumers of both protocols come and go in one group: prints who has how many partitions, and whether all was read. */
public class MixedScenario {
    static final String TOPIC = "both";
    static final String GROUP = "both";
    static final ConcurrentSkipListSet<String> read = new ConcurrentSkipListSet<>();

    /** A consumer in a thread of its own. */
    static class Reader {
        final String name;
        final Thread thread;
        volatile boolean ends = false;
        volatile int partitions = 0;
        volatile Throwable failure = null;

        Reader(String bootstrap, String name, String protocol) {
            this.name = name;
            Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap, "group.id", GROUP, "client.id", name, "auto.offset.reset", "earliest",
                "group.protocol", protocol, "auto.commit.interval.ms", "100"));
            if (protocol.equals("classic")) config.putAll(Map.of("heartbeat.interval.ms", "300", "session.timeout.ms", "10000"));
            thread = new Thread(() -> {
                try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
                    consumer.subscribe(List.of(TOPIC));
                    while (!ends) {
                        consumer.poll(Duration.ofMillis(50)).forEach(record -> read.add(record.value()));
                        partitions = consumer.assignment().size();
                    }
                } catch (Throwable error) {
                    failure = error;
                }
                partitions = 0;
            });
            thread.start();
        }

        void end() throws InterruptedException {
            ends = true;
            thread.join();
        }
    }

    static void shares(List<Reader> readers, Integer... wanted) throws Exception {
        long end = System.currentTimeMillis() + 30_000;
        for (;;) {
            List<Integer> have = new ArrayList<>();
            for (Reader reader : readers) {
                if (reader.failure != null) throw new IllegalStateException(reader.name, reader.failure);
                have.add(reader.partitions);
            }
            have.sort(null);
            if (have.equals(List.of(wanted))) return;
            if (System.currentTimeMillis() > end) throw new IllegalStateException("not in time: " + List.of(wanted) + ", but " + have);
            Thread.sleep(50);
        }
    }

    static int sent = 0;

    static void produce(String bootstrap) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 40; i++) producer.send(new ProducerRecord<>(TOPIC, i % 4, null, "message-" + sent++));
            producer.flush();
        }
        long end = System.currentTimeMillis() + 20_000;
        while (read.size() < sent) {
            if (System.currentTimeMillis() > end) throw new IllegalStateException("read " + read.size() + " of " + sent);
            Thread.sleep(50);
        }
    }

    static void say(Admin admin, String what) throws Exception {
        var group = admin.listGroups().all().get().stream().filter(each -> each.groupId().equals(GROUP)).findFirst().get();
        System.out.println(what + ": " + group.type().get() + ", read " + read.size());
    }

    public static void main(String[] args) throws Exception {
        String bootstrap = args[0];
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 4, (short) 1))).all().get();
            Reader first = new Reader(bootstrap, "first", "classic");
            Reader second = new Reader(bootstrap, "second", "classic");
            shares(List.of(first, second), 2, 2);
            produce(bootstrap);
            say(admin, "two classic");
            Reader third = new Reader(bootstrap, "third", "consumer");
            shares(List.of(first, second, third), 1, 1, 2);
            produce(bootstrap);
            say(admin, "one of the new protocol joined");
            first.end();
            shares(List.of(second, third), 2, 2);
            Reader fourth = new Reader(bootstrap, "fourth", "consumer");
            shares(List.of(second, third, fourth), 1, 1, 2);
            second.end();
            shares(List.of(third, fourth), 2, 2);
            produce(bootstrap);
            say(admin, "all are of the new protocol");
            Reader fifth = new Reader(bootstrap, "fifth", "classic");
            shares(List.of(third, fourth, fifth), 1, 1, 2);
            produce(bootstrap);
            say(admin, "a classic one joined");
            third.end();
            fourth.end();
            shares(List.of(fifth), 4);
            produce(bootstrap);
            say(admin, "a classic one is left");
            fifth.end();
            TreeSet<String> values = new TreeSet<>(read);
            System.out.println("read " + values.size() + " of " + sent);
        }
        System.exit(0);
    }
}
