package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processors that are near a device. Threads bound to them also allocate memory near it. A mask that was given to the
 * process (by numactl, taskset or a container) is left as it is.
 */
final class NumaNode {
    /** No binding. */
    static final NumaNode ANY = new NumaNode(-1, new BitSet());

    private static final Logger LOG = LoggerFactory.getLogger(NumaNode.class);
    private static final Path PCI_DEVICES = Path.of("/sys/bus/pci/devices");
    private static final Path SYSTEM = Path.of("/sys/devices/system");
    private static final int MASK_BYTES = 1024;

    private final int number;
    private final BitSet processors;

    private NumaNode(int number, BitSet processors) {
        this.number = number;
        this.processors = processors;
    }

    /** The node of a PCI device such as {@code 0000:3b:00.0}; {@link #ANY} where there is only one, or it is not known. */
    static NumaNode ofPciDevice(String id) {
        return of(PCI_DEVICES.resolve(id).resolve("numa_node"), SYSTEM);
    }

    static NumaNode of(Path nodeOfDevice, Path system) {
        try {
            int node = Integer.parseInt(Files.readString(nodeOfDevice).strip());
            if (node < 0 || !Files.exists(system.resolve("node/node1"))) {
                return ANY;
            }
            BitSet all = parse(Files.readString(system.resolve("cpu/online")));
            if (!currentMask().equals(all)) {
                LOG.info("GPU threads keep the processors that this process was given");
                return ANY;
            }
            return new NumaNode(node, parse(Files.readString(system.resolve("node/node" + node + "/cpulist"))));
        } catch (IOException | NumberFormatException e) {
            return ANY;
        }
    }

    /** Processors of a list such as {@code 0-3,8}. */
    static BitSet parse(String list) {
        BitSet processors = new BitSet();
        for (String range : list.strip().split(",")) {
            int dash = range.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int to = Integer.parseInt(range.substring(dash + 1));
            processors.set(from, to + 1);
        }
        return processors;
    }

    /** The processors of this node; empty for any. */
    BitSet processors() {
        return (BitSet) processors.clone();
    }

    /** Keeps the calling thread on this node's processors, if there are any to keep it on. */
    void bindThread() {
        if (processors.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            byte[] bytes = processors.toByteArray();
            MemorySegment.copy(bytes, 0, mask, ValueLayout.JAVA_BYTE, 0, bytes.length);
            int result = (int) affinity("sched_setaffinity").invokeExact(0, (long) MASK_BYTES, mask);
            if (result == 0) {
                LOG.info(
                        "Thread {} stays on NUMA node {}",
                        Thread.currentThread().getName(),
                        number);
            }
        } catch (Throwable e) {
            LOG.warn("Thread {} could not be kept on NUMA node {}: {}", Thread.currentThread(), number, e.getMessage());
        }
    }

    /** The processors the calling thread may use. */
    static BitSet currentMask() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            int ignored = (int) affinity("sched_getaffinity").invokeExact(0, (long) MASK_BYTES, mask);
            return BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE));
        } catch (Throwable e) {
            return new BitSet();
        }
    }

    private static java.lang.invoke.MethodHandle affinity(String function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(function).orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    }
}
