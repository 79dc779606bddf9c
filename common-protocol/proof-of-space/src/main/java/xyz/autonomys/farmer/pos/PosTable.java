package xyz.autonomys.farmer.pos;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.PosProof;

/**
 * The proofs of one seed. A table belongs to the builder that made it and is valid until that builder builds again or is
 * closed; it may be read by one thread at a time.
 */
public interface PosTable {
    /** Longs of the bit set filled by {@link #masks}: one bit per s-bucket. */
    int USED_WORDS = 1024;

    /** Most masks of a record: its number of stored chunks. */
    int MAX_MASKS = 32_768;

    /** Bytes of one mask. */
    int MASK_BYTES = 32;

    /**
     * The canonical proof of an s-bucket: the one of the first entry of level seven, in the order (y, rank of the left
     * parent, rank of the right parent), whose y has the prefix of this challenge. About 37 % of the s-buckets have none.
     *
     * <p>Source: autonomys/subspace, crates/subspace-proof-of-space/src/chiapos/tables.rs ({@code find_proof}).
     *
     * @param challengeIndex s-bucket, 0…65535
     * @throws IllegalArgumentException if the index is out of range
     */
    Optional<PosProof> findProof(int challengeIndex);

    /**
     * The one-time pads of a record: the BLAKE3 hashes of the proofs of the first {@value #MAX_MASKS} s-buckets that have
     * one, in ascending order of s-bucket.
     *
     * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/plotting.rs ({@code record_encoding}).
     *
     * @param usedSBuckets receives the set of these s-buckets, s-bucket s in bit {@code s & 63} of word {@code s >>> 6};
     *     {@value #USED_WORDS} words, overwritten
     * @param masks receives mask i at offset 32·i; at least 32,768 · 32 bytes
     * @return how many masks there are, at most {@value #MAX_MASKS}
     */
    int masks(long[] usedSBuckets, byte[] masks);
}
