import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.acl.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.*;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What an administrator does, a line for each step: what came of it, or the name of the error. Two brokers of the same
 * kind print the same. Run from its source: java -cp ... AdminScenario.java BOOTSTRAP
 */
public class AdminScenario {
  static Admin admin;

  interface Step {
    Object run() throws Exception;
  }

  static void step(String name, Step step) {
    try {
      System.out.println(name + ": " + step.run());
    } catch (ExecutionException e) {
      System.out.println(name + ": " + e.getCause().getClass().getSimpleName());
    } catch (Exception e) {
      System.out.println(name + ": " + e.getClass().getSimpleName());
    }
  }

  static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "admin");

  static Object alter(ConfigResource resource, String name, String value, AlterConfigOp.OpType type) throws Exception {
    Map<ConfigResource, Collection<AlterConfigOp>> changes =
        Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), type)));
    return get(admin.incrementalAlterConfigs(changes).all());
  }

  static Object setting(ConfigResource resource, String name) throws Exception {
    ConfigEntry entry = get(admin.describeConfigs(List.of(resource)).all()).get(resource).get(name);
    return entry == null ? null : entry.value() + " from " + entry.source() + (entry.isReadOnly() ? ", read only" : "");
  }

  /** A broker hears of its own changes a moment later. */
  static Object soon(String expected, ConfigResource resource, String name) throws Exception {
    Object now = setting(resource, name);
    for (int i = 0; i < 50 && !String.valueOf(now).startsWith(expected); i++) {
      Thread.sleep(100);
      now = setting(resource, name);
    }
    return now;
  }

  static void configs() {
    step("set a topic's retention", () -> alter(TOPIC, "retention.ms", "12345", AlterConfigOp.OpType.SET));
    step("it is", () -> soon("12345", TOPIC, "retention.ms"));
    step("append to its policy", () -> alter(TOPIC, "cleanup.policy", "compact", AlterConfigOp.OpType.APPEND));
    step("delete its retention", () -> alter(TOPIC, "retention.ms", "", AlterConfigOp.OpType.DELETE));
    step("it is", () -> soon("604800000", TOPIC, "retention.ms"));
    step("no number", () -> alter(TOPIC, "retention.ms", "x", AlterConfigOp.OpType.SET));
    step("no such setting", () -> alter(TOPIC, "nope", "x", AlterConfigOp.OpType.SET));
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "admin-group");
    step("set a group's session", () -> alter(group, "consumer.session.timeout.ms", "50000", AlterConfigOp.OpType.SET));
    step("it is", () -> soon("50000", group, "consumer.session.timeout.ms"));
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
    step("set a broker's size", () -> alter(broker, "message.max.bytes", "2000000", AlterConfigOp.OpType.SET));
    step("it is", () -> soon("2000000", broker, "message.max.bytes"));
    step("what needs a restart", () -> alter(broker, "num.partitions", "9", AlterConfigOp.OpType.SET));
    ConfigResource metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "all");
    step("set a subscription", () -> alter(metrics, "interval.ms", "60000", AlterConfigOp.OpType.SET));
    step("it is", () -> soon("60000", metrics, "interval.ms"));
    step("subscriptions", () -> {
      List<String> names = new ArrayList<>();
      for (ConfigResource each : get(admin.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS),
          new ListConfigResourcesOptions()).all())) names.add(each.name());
      return names;
    });
  }

  static void quotas() {
    ClientQuotaEntity alice = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "alice"));
    step("set a quota", () -> get(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(alice,
        List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1000.0))))).all()));
    step("quotas, soon", () -> {
      for (int i = 0; i < 50 && get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()).isEmpty(); i++) {
        Thread.sleep(100);
      }
      return get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities());
    });
    step("no such quota", () -> get(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(alice,
        List.of(new ClientQuotaAlteration.Op("nope", 1.0))))).all()));
  }

  static void security() {
    step("set credentials", () -> get(admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("bob",
        new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "secret"))).all()));
    step("credentials, soon", () -> {
      for (int i = 0; i < 50 && get(admin.describeUserScramCredentials().all()).isEmpty(); i++) Thread.sleep(100);
      return get(admin.describeUserScramCredentials().all());
    });
    step("of nobody", () -> get(admin.describeUserScramCredentials(List.of("nobody")).description("nobody")));
    step("ACLs", () -> get(admin.describeAcls(AclBindingFilter.ANY).values()));
    step("a token", () -> get(admin.createDelegationToken().delegationToken()));
  }

  static void cluster() {
    step("topic", () -> {
      TopicDescription topic = get(admin.describeTopics(List.of("admin")).allTopicNames()).get("admin");
      return topic.partitions().size() + " partitions, led by " + topic.partitions().get(0).leader().id();
    });
    TopicPartition first = new TopicPartition("admin", 0);
    step("elect", () -> get(admin.electLeaders(ElectionType.PREFERRED, Set.of(first)).partitions()).get(first).map(
        (error) -> error.getClass().getSimpleName()));
    step("reassign to where it is", () -> get(admin.alterPartitionReassignments(
        Map.of(first, Optional.of(new NewPartitionReassignment(List.of(1))))).all()));
    step("reassign to nowhere", () -> get(admin.alterPartitionReassignments(
        Map.of(first, Optional.of(new NewPartitionReassignment(List.of(7))))).all()));
    step("reassignments", () -> get(admin.listPartitionReassignments().reassignments()));
    step("voters", () -> get(admin.describeMetadataQuorum().quorumInfo()).voters().size());
    step("log directories", () -> get(admin.describeLogDirs(List.of(1)).allDescriptions()).get(1).values().iterator().next()
        .replicaInfos().get(first).size());
    step("unregister", () -> get(admin.unregisterBroker(77).all()));
    step("downgrade", () -> get(admin.updateFeatures(Map.of("metadata.version",
        new FeatureUpdate((short) 7, FeatureUpdate.UpgradeType.UPGRADE)), new UpdateFeaturesOptions()).all()));
  }

  static void groups(String bootstrap) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("group.id", "admin-group");
    settings.put("group.protocol", "consumer");
    settings.put("auto.offset.reset", "earliest");
    StringDeserializer text = new StringDeserializer();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, text, text)) {
      consumer.subscribe(List.of("admin"));
      long end = System.currentTimeMillis() + 20_000;
      while (consumer.assignment().isEmpty() && System.currentTimeMillis() < end) {
        consumer.poll(java.time.Duration.ofMillis(200));
      }
      consumer.commitSync(Map.of(new TopicPartition("admin", 0), new OffsetAndMetadata(0)));
      step("group", () -> {
        ConsumerGroupDescription group = get(admin.describeConsumerGroups(List.of("admin-group")).all()).get("admin-group");
        return group.type() + " " + group.groupState() + " " + group.partitionAssignor() + ", assigned "
            + group.members().iterator().next().assignment().topicPartitions().size();
      });
      step("delete offsets that are read", () -> get(admin.deleteConsumerGroupOffsets("admin-group",
          Set.of(new TopicPartition("admin", 0))).all()));
      step("delete a group that is in use", () -> get(admin.deleteConsumerGroups(List.of("admin-group")).all()));
    }
    step("groups", () -> {
      List<String> found = new ArrayList<>();
      for (GroupListing each : get(admin.listGroups().all())) {
        found.add(each.groupId() + " " + each.type().get() + " " + each.groupState().get() + " '" + each.protocol() + "'");
      }
      return found;
    });
    step("offsets", () -> get(admin.listConsumerGroupOffsets("admin-group").partitionsToOffsetAndMetadata())
        .get(new TopicPartition("admin", 0)).offset());
    step("a share group", () -> get(admin.describeShareGroups(List.of("admin-group")).all()));
    step("begin a share group", () -> get(admin.alterShareGroupOffsets("admin-share",
        Map.of(new TopicPartition("admin", 0), 0L)).all()));
    step("it is", () -> get(admin.describeShareGroups(List.of("admin-share")).all()).get("admin-share").groupState());
    step("delete", () -> get(admin.deleteConsumerGroups(List.of("admin-group")).all()));
    step("delete again", () -> get(admin.deleteConsumerGroups(List.of("admin-group")).all()));
  }

  public static void main(String[] args) throws Exception {
    admin = Admin.create(Map.of("bootstrap.servers", args[0]));
    step("create", () -> get(admin.createTopics(List.of(new NewTopic("admin", 3, (short) 1))).all()));
    configs();
    quotas();
    security();
    cluster();
    groups(args[0]);
    admin.close(java.time.Duration.ofSeconds(2));
  }
}
