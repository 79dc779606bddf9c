/**
 * Looking for winning chunks, every slot, in every sector (specification 04 §12).
 *
 * <p>A slot's challenge names one s-bucket per sector; its chunks lie side by side, so an audit is one small read and one
 * keyed hash per chunk. {@link xyz.autonomys.farmer.sector.audit.SectorAuditor} does one sector on one thread, callers
 * spread sectors over threads.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/auditing.rs.
 */
package xyz.autonomys.farmer.sector.audit;
