package xyz.autonomys.farmer.gpu;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** A mark in a stream. It fires when everything before it is done; one that was never recorded counts as fired. */
final class CudaEvent implements AutoCloseable {
    private final CudaDevice device;
    private final CUevent handle;

    CudaEvent(CudaDevice device, CUevent handle) {
        this.device = device;
        this.handle = handle;
    }

    CUevent handle() {
        return handle;
    }

    /** Waits until it has fired, without using the processor. */
    void await() throws GpuException {
        device.check(JCudaDriver.cuEventSynchronize(handle), "cuEventSynchronize");
    }

    @Override
    public void close() {
        device.quietly(() -> JCudaDriver.cuEventDestroy(handle));
    }
}
