import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The scenario `full` with a share group (KIP-932) in place of a consumer group: members share partitions and
 * acknowledge each record. What counts as committed is how many acknowledgements the broker confirmed per partition.
 */
public class ShareClient extends InteropClient {
    private final Map<String, Long> confirmed = new HashMap<>();

    ShareClient(String bootstrap, JsonNode options) {
        super(bootstrap, "full", options);
    }

    /** Without this the group would begin at the end of the topic. */
    @Override
    Map<String, Object> play() throws Exception {
        try (Admin admin = Admin.create(common())) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
            ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
            admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        return super.play();
    }

    @Override
    void consume(int number) {
        Properties properties = common();
        properties.put("client.id", properties.get("client.id") + "-" + number);
        properties.put("group.id", group);
        properties.put("share.acknowledgement.mode", "explicit");
        properties.put("max.poll.records", "20");
        try (KafkaShareConsumer<String, String> consumer =
                new KafkaShareConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (!ended()) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<String, String> record : records) {
                    read(number, record.value());
                    consumer.acknowledge(record, AcknowledgeType.ACCEPT);
                }
                confirm(records, consumer.commitSync(Duration.ofSeconds(15)));
            }
        }
    }

    /** A refused acknowledgement is in the answer, not thrown. */
    private synchronized void confirm(
            ConsumerRecords<String, String> records, Map<TopicIdPartition, Optional<KafkaException>> answer) {
        answer.forEach((partition, refused) -> {
            if (refused.isPresent()) throw refused.get();
            long count = records.records(partition.topicPartition()).size();
            confirmed.merge(String.valueOf(partition.partition()), count, Long::sum);
        });
    }

    /** Members of a share group are not told of assignments. */
    @Override
    boolean settled() {
        return true;
    }

    /** The start offsets that the broker names are too low to check: they move with the next acknowledgement. */
    @Override
    Map<String, Long> committed() throws Exception {
        try (Admin admin = Admin.create(common())) {
            admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(group)
                    .get(20, TimeUnit.SECONDS);
        }
        return confirmed;
    }
}
