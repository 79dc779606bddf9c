package xyz.autonomys.farmer.pos;

/** Turns entries of level seven into the hashes of their proofs. */
interface MaskMaker {
    /**
     * Writes the BLAKE3 hash of the proof below each pair of parents.
     *
     * @param leftParents generation index on level six, by proof
     * @param rightParents likewise
     * @param masks receives hash i at offset 32·i
     */
    void make(BackPointers pointers, int[] leftParents, int[] rightParents, int count, byte[] masks);
}
