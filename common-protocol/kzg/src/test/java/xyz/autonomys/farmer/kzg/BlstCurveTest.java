package xyz.autonomys.farmer.kzg;

import java.io.IOException;
import xyz.autonomys.farmer.kzg.blst.BlstCurve;

class BlstCurveTest extends CurveContract {
    BlstCurveTest() throws IOException {
        super(BlstCurve.load());
    }

    @Override
    int developmentSize() {
        return 1 << 15;
    }
}
