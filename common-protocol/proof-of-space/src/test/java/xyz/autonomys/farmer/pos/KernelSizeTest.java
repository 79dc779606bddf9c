package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JVM never compiles a method of more than 8000 bytes; a kernel that grew beyond would be interpreted for ever. */
final class KernelSizeTest {
    private static final int COMPILED = 8000;

    @ParameterizedTest
    @ValueSource(
            classes = {
                KeyStream.class,
                NarrowNodeHash.class,
                WideNodeHash.class,
                ProofHash.class,
                NodeMessages.class,
                PairMatcher.class,
                OrderedBucket.class,
                BucketRows.class,
                LevelWorker.class,
                VectorMasks.class
            })
    void everyMethodIsSmallEnoughToBeCompiled(Class<?> kernel) throws IOException {
        for (MethodModel method : ClassFile.of().parse(bytesOf(kernel)).methods()) {
            int size = method.findAttribute(Attributes.code()).orElseThrow().codeLength();
            assertTrue(size < COMPILED, () -> method.methodName() + " has " + size + " bytes of bytecode");
        }
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            return in.readAllBytes();
        }
    }
}
