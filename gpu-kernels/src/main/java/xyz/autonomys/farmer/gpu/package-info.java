/**
 * Plotting and proving on NVIDIA GPUs.
 *
 * <p>The kernels are CUDA C++ in {@code src/main/cuda}, checked in as PTX that every driver since 525.60.13 compiles for its
 * device. {@link xyz.autonomys.farmer.gpu.CudaDriver} finds the driver without a risk for the process, {@link
 * xyz.autonomys.farmer.gpu.Gpus} opens and tests the devices, {@link xyz.autonomys.farmer.gpu.GpuSectorEncoder} encodes
 * sectors on them, {@link xyz.autonomys.farmer.gpu.GpuProver} proves. One class for each family of kernels holds launch shapes and layouts ({@link
 * xyz.autonomys.farmer.gpu.TableKernels}, {@link xyz.autonomys.farmer.gpu.TransformKernels}, {@link
 * xyz.autonomys.farmer.gpu.SectorKernels}). The bytes are those of the processor, always; where a device
 * gives up or fails, the processor goes on. Rules: specification chapter 08.
 */
package xyz.autonomys.farmer.gpu;
