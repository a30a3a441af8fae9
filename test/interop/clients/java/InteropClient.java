import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Apache Kafka's own client. The scenario and the shape of the result are described in ../py/scenario.py; compiled once
 * for each release of kafka-clients.
 */
public class InteropClient {
    private static final String PADDING = "kafkascope ".repeat(12);

    final String topic;
    final String group;
    final int partitions;
    private final String bootstrap;
    private final String scenario;
    private final JsonNode options;
    private final boolean transactional;
    private final long deadline;

    // What the group has seen so far; guarded by this.
    private final Set<String> seen = new HashSet<>();
    private final List<String> altered = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<Set<Integer>> assigned = new ArrayList<>();
    private final int[] perConsumer;
    private int assignments;
    private volatile boolean stop;

    InteropClient(String bootstrap, String scenario, JsonNode options) {
        this.bootstrap = bootstrap;
        this.scenario = scenario;
        this.options = options;
        topic = options.get("topic").asText();
        group = options.get("group").asText();
        partitions = options.get("partitions").asInt();
        transactional = options.path("transactional").asBoolean();
        perConsumer = new int[options.get("consumers").asInt()];
        deadline = System.currentTimeMillis() + options.get("timeoutMs").asLong();
    }

    public static void main(String[] args) throws Exception {
        JsonNode options = new ObjectMapper().readTree(args[2]);
        // Share groups are of release 4 and newer; there ShareClient was compiled too.
        InteropClient client = args[1].equals("share")
                ? (InteropClient) Class.forName("ShareClient")
                        .getDeclaredConstructor(String.class, JsonNode.class)
                        .newInstance(args[0], options)
                : new InteropClient(args[0], args[1], options);
        Map<String, Object> result = client.play();
        System.out.println(new ObjectMapper().writeValueAsString(result));
        System.exit(client.sound(result) ? 0 : 1);
    }

    private static String version() throws Exception {
        Properties properties = new Properties();
        try (InputStream in = Admin.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private boolean plays(String part) {
        return scenario.equals("full") || scenario.equals(part);
    }

    Map<String, Object> play() throws Exception {
        long began = System.currentTimeMillis();
        Map<String, Object> result = new TreeMap<>();
        List<String> codecs = new ArrayList<>();
        options.get("codecs").forEach(codec -> codecs.add(codec.asText()));
        int whole = options.get("messagesPerCodec").asInt();
        int half = scenario.equals("full") ? whole / 2 : whole;
        int produced = 0;
        if (plays("create")) create();
        if (plays("produce")) for (String codec : codecs) produced += produce(codec, 0, half);
        if (plays("consume")) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < perConsumer.length; i++) {
                if (i > 0) Thread.sleep(options.get("staggerMs").asLong());
                int number = i;
                synchronized (this) {
                    assigned.add(Set.of());
                }
                Thread thread = new Thread(() -> guarded(number));
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            await(this::settled);
            result.put("settled", settled());
            if (scenario.equals("full")) for (String codec : codecs) produced += produce(codec, half, whole);
            int expected = scenario.equals("full") ? produced : options.get("expect").asInt();
            await(() -> seenCount() >= expected);
            stop = true;
            for (Thread thread : threads) thread.join(15_000);
            result.put("expected", expected);
            report(result);
        }
        String version = version();
        result.put("client", "java-" + version.substring(0, version.lastIndexOf('.')));
        result.put("version", version);
        result.put("topic", topic);
        result.put("group", group);
        result.put("codecs", codecs);
        result.put("skipped", Map.of());
        result.put("produced", produced);
        result.put("ms", System.currentTimeMillis() - began);
        return result;
    }

    private synchronized void report(Map<String, Object> result) throws Exception {
        result.put("consumed", seen.size());
        result.put("perConsumer", perConsumer);
        result.put("duplicates", IntStream.of(perConsumer).sum() - seen.size());
        result.put("assignments", assignments);
        result.put("altered", altered);
        result.put("errors", errors);
        result.put("committed", committed());
    }

    @SuppressWarnings("unchecked")
    private boolean sound(Map<String, Object> result) {
        if (!result.containsKey("consumed")) return true;
        long expected = ((Integer) result.get("expected")).longValue();
        long reached = ((Map<String, Long>) result.get("committed")).values().stream().mapToLong(Long::longValue).sum();
        // More than expected: a transaction's end marker takes an offset too, and a producer may have sent a batch twice.
        return result.get("consumed").equals((int) expected) && reached >= expected && altered.isEmpty() && errors.isEmpty();
    }

    Properties common() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("client.id", options.get("clientId").asText());
        properties.put("default.api.timeout.ms", "15000");
        properties.put("request.timeout.ms", "10000");
        properties.put("delivery.timeout.ms", "15000");
        if (options.hasNonNull("caFile")) {
            properties.put("security.protocol", "SSL");
            properties.put("ssl.truststore.type", "PEM");
            properties.put("ssl.truststore.location", options.get("caFile").asText());
        }
        JsonNode sasl = options.path("sasl");
        if (sasl.isObject()) {
            String mechanism = sasl.get("mechanism").asText();
            String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
            properties.put("security.protocol", options.hasNonNull("caFile") ? "SASL_SSL" : "SASL_PLAINTEXT");
            properties.put("sasl.mechanism", mechanism);
            properties.put("sasl.jaas.config", "org.apache.kafka.common.security." + module + " required username=\""
                + sasl.get("username").asText() + "\" password=\"" + sasl.get("password").asText() + "\";");
        }
        JsonNode config = options.path("config");
        config.fieldNames().forEachRemaining(name -> properties.put(name, config.get(name).asText()));
        return properties;
    }

    private void create() throws Exception {
        try (Admin admin = Admin.create(common())) {
            short replicas = (short) options.get("replicationFactor").asInt();
            admin.createTopics(List.of(new NewTopic(topic, partitions, replicas))).all().get(20, TimeUnit.SECONDS);
        }
    }

    private int produce(String codec, int start, int end) throws Exception {
        Properties properties = common();
        properties.put("compression.type", codec);
        properties.put("linger.ms", "20");
        if (transactional) properties.put("transactional.id", group + "-tx");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            if (transactional) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 0, "aborted", "aborted:0:must not be read")).get(20, TimeUnit.SECONDS);
                producer.abortTransaction();
                producer.beginTransaction();
            }
            List<Future<?>> sent = new ArrayList<>();
            for (int i = start; i < end; i++) {
                String value = codec + ":" + i + ":" + PADDING;
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, i % partitions, "k" + i, value);
                record.headers().add("codec", codec.getBytes());
                sent.add(producer.send(record));
            }
            for (Future<?> one : sent) one.get(20, TimeUnit.SECONDS);
            if (transactional) producer.commitTransaction();
        }
        return end - start;
    }

    boolean ended() {
        return stop || System.currentTimeMillis() >= deadline;
    }

    private void guarded(int number) {
        try {
            consume(number);
        } catch (Exception error) {
            error.printStackTrace();
            synchronized (this) {
                errors.add("consumer " + number + ": " + error);
            }
        }
    }

    void consume(int number) throws Exception {
        Properties properties = common();
        properties.put("client.id", properties.get("client.id") + "-" + number);
        properties.put("group.id", group);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("max.poll.records", "20");
        if (transactional) properties.put("isolation.level", "read_committed");
        // With KIP-848 the broker decides these.
        if (!"consumer".equals(properties.get("group.protocol"))) {
            properties.put("heartbeat.interval.ms", "400");
            properties.put("session.timeout.ms", "10000");
        }
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic), listener(number, consumer));
            while (!ended()) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<String, String> record : records) read(number, record.value());
                if (!records.isEmpty()) consumer.commitSync(Duration.ofSeconds(15));
            }
        }
    }

    private ConsumerRebalanceListener listener(int number, KafkaConsumer<String, String> consumer) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
                Set<TopicPartition> left = new HashSet<>(consumer.assignment());
                left.removeAll(revoked);
                assign(number, left);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> added) {
                assign(number, consumer.assignment());
            }
        };
    }

    private synchronized void assign(int number, Collection<TopicPartition> all) {
        Set<Integer> numbers = new HashSet<>();
        all.forEach(partition -> numbers.add(partition.partition()));
        assigned.set(number, numbers);
        assignments++;
    }

    synchronized void read(int number, String value) {
        String[] parts = value.split(":", 3);
        if (!parts[2].equals(PADDING)) altered.add(parts[0] + ":" + parts[1]);
        seen.add(parts[0] + ":" + parts[1]);
        perConsumer[number]++;
    }

    private synchronized int seenCount() {
        return seen.size();
    }

    /** Every consumer has a partition, if there are that many, and none is assigned twice. */
    synchronized boolean settled() {
        int total = assigned.stream().mapToInt(Set::size).sum();
        long busy = assigned.stream().filter(set -> !set.isEmpty()).count();
        return total == partitions && busy == Math.min(partitions, perConsumer.length);
    }

    private void await(BooleanSupplier done) throws InterruptedException {
        while (!done.getAsBoolean() && System.currentTimeMillis() < deadline && noErrors()) Thread.sleep(50);
    }

    private synchronized boolean noErrors() {
        return errors.isEmpty();
    }

    Map<String, Long> committed() throws Exception {
        Map<String, Long> offsets = new HashMap<>();
        try (Admin admin = Admin.create(common())) {
            Map<TopicPartition, OffsetAndMetadata> answer =
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get(20, TimeUnit.SECONDS);
            answer.forEach((partition, offset) -> {
                if (offset != null) offsets.put(String.valueOf(partition.partition()), offset.offset());
            });
        }
        return offsets;
    }
}
