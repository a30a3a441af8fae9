import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupMemberAssignment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;

/** A Kafka Streams application of one, then two instances, in the streams protocol: prints what came out, line by line. */
public class StreamsScenario {
    static final String APP = "word-count";

    static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream("words")
            .groupBy((key, word) -> word, Grouped.as("by-word"))
            .count(Materialized.<String, Long>as(Stores.inMemoryKeyValueStore("counts"))
                .withKeySerde(Serdes.String()).withValueSerde(Serdes.Long()))
            .toStream()
            .to("totals", Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    static KafkaStreams start(String bootstrap, String name) {
        Properties config = new Properties();
        config.put("application.id", APP);
        config.put("client.id", name);
        config.put("bootstrap.servers", bootstrap);
        config.put("group.protocol", "streams");
        config.put("default.key.serde", Serdes.StringSerde.class.getName());
        config.put("default.value.serde", Serdes.StringSerde.class.getName());
        config.put("commit.interval.ms", "100");
        config.put("statestore.cache.max.bytes", "0");
        config.put("state.dir", System.getProperty("java.io.tmpdir") + "/" + name + "-" + System.nanoTime());
        config.put("auto.offset.reset", "earliest");
        KafkaStreams streams = new KafkaStreams(topology(), config);
        streams.setUncaughtExceptionHandler(error -> {
            System.err.println(name + ": " + error);
            return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
        return streams;
    }

    static void until(String what, Callable<Boolean> done) throws Exception {
        long end = System.currentTimeMillis() + 40_000;
        while (!done.call()) {
            if (System.currentTimeMillis() > end) throw new IllegalStateException("not in time: " + what);
            Thread.sleep(100);
        }
    }

    static StreamsGroupDescription describe(Admin admin) throws Exception {
        return admin.describeStreamsGroups(List.of(APP)).all().get().get(APP);
    }

    static int size(List<StreamsGroupMemberAssignment.TaskIds> tasks) {
        return tasks.stream().mapToInt(each -> each.partitions().size()).sum();
    }

    /** Active and standby tasks of each member, fewest first. */
    static List<String> shares(Admin admin) throws Exception {
        List<String> all = new ArrayList<>();
        describe(admin).members().forEach(member ->
            all.add(size(member.assignment().activeTasks()) + " active " + size(member.assignment().standbyTasks()) + " standby"));
        all.sort(null);
        return all;
    }

    static boolean stable(Admin admin, int members) throws Exception {
        StreamsGroupDescription group = describe(admin);
        return group.groupState().toString().equals("Stable") && group.members().size() == members;
    }

    static void produce(String bootstrap, List<String> words) throws Exception {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            int i = 0;
            for (String word : words) producer.send(new ProducerRecord<>("words", "key-" + i++, word));
            producer.flush();
        }
    }

    static Map<String, Long> totals(String bootstrap) {
        Map<String, Long> latest = new TreeMap<>();
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "group.id", "reader-" + System.nanoTime(), "auto.offset.reset", "earliest"));
        try (KafkaConsumer<String, Long> consumer = new KafkaConsumer<>(config, new StringDeserializer(), new LongDeserializer())) {
            var partitions = consumer.partitionsFor("totals").stream()
                .map(info -> new org.apache.kafka.common.TopicPartition("totals", info.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(200))) {
                    latest.merge(record.key(), record.value(), Math::max);
                }
            }
        }
        return latest;
    }

    public static void main(String[] args) throws Exception {
        String bootstrap = args[0];
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("words", 3, (short) 1), new NewTopic("totals", 2, (short) 1))).all().get();
            KafkaStreams first = start(bootstrap, "first");
            until("first alone", () -> {
                try { return stable(admin, 1) && first.state() == KafkaStreams.State.RUNNING; } catch (Exception e) { return false; }
            });
            System.out.println("alone " + shares(admin));
            produce(bootstrap, List.of("a", "b", "a", "c", "a", "b", "d", "e", "f", "g"));
            until("first totals", () -> totals(bootstrap).equals(Map.of("a", 3L, "b", 2L, "c", 1L, "d", 1L, "e", 1L, "f", 1L, "g", 1L)));
            System.out.println("totals " + totals(bootstrap));
            TreeSet<String> topics = new TreeSet<>(admin.listTopics().names().get());
            topics.removeIf(name -> name.startsWith("__"));
            System.out.println("topics " + topics);
            for (String topic : topics) {
                var description = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                var config = admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, topic))).all().get().values().iterator().next();
                System.out.println(topic + " " + description.partitions().size() + " " + config.get("cleanup.policy").value());
            }
            StreamsGroupDescription group = describe(admin);
            System.out.println("subtopologies " + group.subtopologies());
            System.out.println("groups " + admin.listGroups().all().get().stream().filter(each -> each.groupId().equals(APP)).toList());

            KafkaStreams second = start(bootstrap, "second");
            until("two", () -> stable(admin, 2) && second.state() == KafkaStreams.State.RUNNING && first.state() == KafkaStreams.State.RUNNING);
            System.out.println("two " + shares(admin));
            produce(bootstrap, List.of("a", "b", "h", "h"));
            until("second totals", () -> totals(bootstrap).getOrDefault("h", 0L) == 2L && totals(bootstrap).get("a") == 4L && totals(bootstrap).get("b") == 3L);
            System.out.println("totals " + totals(bootstrap));

            ConfigResource settings = new ConfigResource(ConfigResource.Type.GROUP, APP);
            admin.incrementalAlterConfigs(Map.of(settings, List.of(new AlterConfigOp(new ConfigEntry("streams.num.standby.replicas", "1"), AlterConfigOp.OpType.SET)))).all().get();
            until("standbys", () -> stable(admin, 2) && shares(admin).stream().noneMatch(each -> each.endsWith(" 0 standby")));
            int standbys = describe(admin).members().stream().mapToInt(each -> size(each.assignment().standbyTasks())).sum();
            System.out.println("standbys " + standbys);

            second.close(Duration.ofSeconds(20));
            until("one left", () -> stable(admin, 1) && shares(admin).get(0).startsWith("6 active"));
            System.out.println("left " + shares(admin));
            produce(bootstrap, List.of("a", "h"));
            until("last totals", () -> totals(bootstrap).getOrDefault("h", 0L) == 3L && totals(bootstrap).get("a") == 5L);
            System.out.println("totals " + totals(bootstrap));
            var offsets = admin.listStreamsGroupOffsets(Map.of(APP, new org.apache.kafka.clients.admin.ListStreamsGroupOffsetsSpec())).partitionsToOffsetAndMetadata(APP).get();
            System.out.println("committed " + offsets.entrySet().stream().filter(each -> each.getKey().topic().equals("words")).mapToLong(each -> each.getValue().offset()).sum());
            first.close(Duration.ofSeconds(20));
            until("empty", () -> describe(admin).members().isEmpty());
            System.out.println("state " + describe(admin).groupState());
            admin.deleteStreamsGroups(List.of(APP)).all().get();
            System.out.println("groups " + admin.listGroups().all().get().stream().filter(each -> each.groupId().equals(APP)).toList());
        }
        System.exit(0);
    }
}
