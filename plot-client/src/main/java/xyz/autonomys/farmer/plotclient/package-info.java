/**
 * The plot-client: owns farms. {@code PlotClient} is the role; per farm {@code FarmPlotting} asks for the sectors that are
 * missing or expire and stores what comes, for all of them {@code Farming} audits every slot and has the winners proven,
 * {@code ProofClient} gets proofs, {@code SolutionSubmitter} sends each solution once, {@code RewardSigner} signs.
 */
package xyz.autonomys.farmer.plotclient;
