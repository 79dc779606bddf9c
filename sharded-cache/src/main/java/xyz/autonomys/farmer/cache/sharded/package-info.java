/**
 * The sharded cache role: this host's share of all pieces, on disk and served over the data plane.
 *
 * <p>A {@link xyz.autonomys.farmer.cache.sharded.SlotStore} keeps pieces in one directory: a preallocated file of slots
 * of one piece each, and an index of sealed 64-byte entries. A piece counts as stored when both are on disk; whatever a
 * crash leaves half-written is recognised by its seal and its slot is free again. Every read checks the piece's BLAKE3;
 * what fails is named, dropped, and never leaves the store.
 */
package xyz.autonomys.farmer.cache.sharded;
