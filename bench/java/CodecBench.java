import java.io.*;
import java.nio.ByteBuffer;
import java.nio.file.*;
import java.util.*;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** Kafka's own generated classes over the bodies of a file: per body int16 key, int16 version, int8 request?, int32 length, bytes. */
public class CodecBench {
    record Body(short key, short version, boolean request, byte[] bytes) {}

    public static void main(String[] args) throws Exception {
        List<Body> bodies = new ArrayList<>();
        long total = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(Path.of(args[0]))))) {
            while (in.available() > 0) {
                Body body = new Body(in.readShort(), in.readShort(), in.readByte() == 1, new byte[in.readInt()]);
                in.readFully(body.bytes);
                try { read(body); } catch (RuntimeException e) { continue; } // a version that this release lacks
                bodies.add(body);
                total += body.bytes.length;
            }
        }
        double seconds = Double.parseDouble(args[1]);
        for (String round : new String[] {"warm-up", "measured"}) {
            long start = System.nanoTime(), passes = 0;
            while (System.nanoTime() - start < seconds * 1e9) { for (Body body : bodies) sink += read(body).hashCode() & 1; passes++; }
            double took = (System.nanoTime() - start) / 1e9;
            if (round.equals("measured")) System.out.printf("%d %d %.1f %.0f%n", bodies.size(), total, passes * total / took / 1e6, passes * bodies.size() / took);
        }
    }

    static long sink;

    static Object read(Body body) {
        ApiMessageType type = ApiMessageType.fromApiKey(body.key);
        ApiMessage message = body.request ? type.newRequest() : type.newResponse();
        message.read(new ByteBufferAccessor(ByteBuffer.wrap(body.bytes)), body.version);
        return System.identityHashCode(message);
    }
}
