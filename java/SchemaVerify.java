import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.*;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Asks the generated message classes on the class path. A line in, a line out:
 *   in:  name TAB version TAB hex TAB json (hex or json may be empty)
 *   out: {"unknown":true} where these jars lack that name or version, else
 *        {"json":..,"rewritten":hex} of reading hex, or {"readError":..}, and
 *        {"written":hex} of writing json, or {"writeError":..}
 */
public class SchemaVerify {
    static final ObjectMapper MAPPER = new ObjectMapper();
    static final HexFormat HEX = HexFormat.of();

    record Type(Class<?> message, Method read, Method write, short lowest, short highest) {}

    static final Map<String, String> converters = new HashMap<>();
    static final Map<String, Optional<Type>> types = new HashMap<>();

    public static void main(String[] args) throws IOException {
        MAPPER.getFactory().configure(JsonGenerator.Feature.ESCAPE_NON_ASCII, true);
        // Byte arrays of a message are as long as its line; Jackson's own limit on strings is 20 MB.
        findConverters();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, StandardCharsets.US_ASCII);
        for (String line; (line = in.readLine()) != null; ) {
            out.print(MAPPER.writeValueAsString(answer(line.split("\t", 4))));
            out.print('\n');
            if (!in.ready()) out.flush();
        }
        out.flush();
    }

    /** Every FooJsonConverter of the jars, by the message's name in the schemas. */
    static void findConverters() throws IOException {
        String suffix = "JsonConverter.class";
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!path.endsWith(".jar") || !new File(path).isFile()) continue;
            try (ZipFile jar = new ZipFile(path)) {
                for (ZipEntry entry : (Iterable<ZipEntry>) () -> (Iterator<ZipEntry>) jar.entries().asIterator()) {
                    String name = entry.getName();
                    if (!name.endsWith(suffix) || name.contains("$") || !name.startsWith("org/apache/kafka/")) continue;
                    String message = name.substring(0, name.length() - suffix.length()).replace('/', '.');
                    String simple = message.substring(message.lastIndexOf('.') + 1);
                    converters.putIfAbsent(simple.replaceFirst("(Request|Response|Header)Data$", "$1"), message);
                }
            }
        }
    }

    static Optional<Type> find(String name) {
        return types.computeIfAbsent(name, key -> Optional.ofNullable(converters.get(key)).map(SchemaVerify::load));
    }

    static Type load(String className) {
        try {
            Class<?> message = Class.forName(className);
            Class<?> converter = Class.forName(className + "JsonConverter");
            Message empty = (Message) message.getDeclaredConstructor().newInstance();
            return new Type(
                message,
                converter.getMethod("read", JsonNode.class, short.class),
                converter.getMethod("write", message, short.class, boolean.class),
                empty.lowestSupportedVersion(),
                empty.highestSupportedVersion());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(className, e);
        }
    }

    static ObjectNode answer(String[] line) {
        ObjectNode out = MAPPER.createObjectNode();
        short version = Short.parseShort(line[1]);
        Type type = find(line[0]).orElse(null);
        if (type == null || version < type.lowest || version > type.highest) return out.put("unknown", true);
        if (!line[2].isEmpty()) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(HEX.parseHex(line[2]));
                Message message = (Message) type.message.getDeclaredConstructor().newInstance();
                message.read(new ByteBufferAccessor(bytes), version);
                if (bytes.hasRemaining()) out.put("readError", bytes.remaining() + " bytes left over");
                else {
                    out.set("json", (JsonNode) type.write.invoke(null, message, version, true));
                    out.put("rewritten", write(message, version));
                }
            } catch (Exception e) {
                out.put("readError", text(e));
            }
        }
        if (!line[3].isEmpty()) {
            try {
                JsonNode json = MAPPER.readTree(line[3]);
                out.put("written", write((Message) type.read.invoke(null, json, version), version));
            } catch (Exception e) {
                out.put("writeError", text(e));
            }
        }
        return out;
    }

    static String write(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(bytes), cache, version);
        return HEX.formatHex(bytes.array(), 0, bytes.position());
    }

    static String text(Exception e) {
        Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}
