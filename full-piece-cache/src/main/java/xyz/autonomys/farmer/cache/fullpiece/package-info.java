/**
 * The full-piece cache role: every piece of history, served over the data plane; the source from which sharded caches
 * fill themselves, and the fallback for what they do not have. Its directories are those of
 * {@link xyz.autonomys.farmer.store}; one written by an export is served as it is.
 */
package xyz.autonomys.farmer.cache.fullpiece;
