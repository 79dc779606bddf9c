package xyz.autonomys.farmer.gpu;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.SectorLayout;

/**
 * The bytes of a sector, slab by slab (see sectors.cu), once its records are encoded. On the submission thread, but for what
 * it tells.
 */
final class SectorAssembly {
    private static final int BLOCK_BYTES = 64;

    private final SectorSpace space;
    private final SectorKernels kernels;
    private final byte[] metadata;
    private final SectorLayout layout;
    private final List<Integer> lengths = new ArrayList<>();
    private int nextSBucket;
    private int left;
    private int nextLeaf;
    private boolean complete;

    SectorAssembly(SectorSpace space, SectorKernels kernels, byte[] metadata) {
        this.space = space;
        this.kernels = kernels;
        this.metadata = metadata;
        this.layout = new SectorLayout(space.records());
    }

    /** Enqueues the places of all chunks, which an assembly begins with; they are there with the first slab's event. */
    static void enqueueStarts(SectorSpace space, SectorKernels kernels) throws GpuException {
        CudaStream stream = space.stream();
        kernels.starts(stream, space.present(), space.records(), space.starts());
        space.facts().downloadStarts(stream, space);
        stream.record(space.slabDone(0));
    }

    /** Slabs enqueued so far. */
    int enqueued() {
        return lengths.size();
    }

    /** Bytes of the sector in a slab. */
    int length(int slab) {
        return lengths.get(slab);
    }

    /** Whether the last slab is enqueued. */
    boolean isComplete() {
        return complete;
    }

    /** Enqueues the next slab and the event that says that it has reached the host. */
    Void enqueueNext() throws GpuException {
        CudaStream stream = space.stream();
        int number = lengths.size();
        DeviceMemory slab = space.slab(number);
        long length = lead(stream, number, slab);
        long room = slab.bytes() - metadata.length - 2 * BLOCK_BYTES;
        int first = nextSBucket;
        int start = space.facts().start(first);
        while (nextSBucket < ProtocolSizes.S_BUCKETS
                && length
                                + (long) ProtocolSizes.CHUNK_BYTES
                                        * (space.facts().start(nextSBucket + SectorKernels.S_BUCKETS_PER_BLOCK) - start)
                        <= room) {
            nextSBucket += SectorKernels.S_BUCKETS_PER_BLOCK;
        }
        if (nextSBucket > first) {
            kernels.gather(stream, space, first, nextSBucket - first, (int) length, slab);
        }
        length += (long) ProtocolSizes.CHUNK_BYTES * (space.facts().start(nextSBucket) - start);
        complete = nextSBucket == ProtocolSizes.S_BUCKETS;
        if (complete) {
            space.facts().uploadMetadata(stream, metadata, slab.from(length));
            length += metadata.length;
            stream.fill(slab.slice(length, BLOCK_BYTES), 0);
        }
        long whole = complete ? length : length / SectorKernels.LEAF_BYTES * SectorKernels.LEAF_BYTES;
        left = (int) (length - whole);
        kernels.hashLeaves(stream, slab, whole, nextLeaf, space.hashes());
        nextLeaf += (int) ((whole + SectorKernels.LEAF_BYTES - 1) / SectorKernels.LEAF_BYTES);
        stream.download(slab, space.hostSlab(number), 0, whole);
        if (complete) {
            space.facts().downloadChecksum(stream, kernels.root(stream, space.hashes(), nextLeaf, space.hashScratch()));
        }
        stream.record(space.slabDone(number));
        lengths.add((int) whole);
        return null;
    }

    /** What comes before the chunks of a slab: the contents map, or the rest of the slab before. */
    private long lead(CudaStream stream, int number, DeviceMemory slab) throws GpuException {
        if (number > 0) {
            DeviceMemory before = space.slab(number - 1);
            stream.copy(before.slice(lengths.get(number - 1), left), slab.slice(0, left), left);
            return left;
        }
        long mapBytes = layout.contentsMapBytes() - SectorLayout.CHECKSUM_BYTES;
        stream.copy(space.used(), slab, mapBytes);
        kernels.hashLeaves(stream, space.used(), mapBytes, 0, space.hashes());
        DeviceMemory root =
                kernels.root(stream, space.hashes(), (int) (mapBytes / SectorKernels.LEAF_BYTES), space.hashScratch());
        stream.copy(root, slab.from(mapBytes), SectorLayout.CHECKSUM_BYTES);
        return layout.contentsMapBytes();
    }
}
