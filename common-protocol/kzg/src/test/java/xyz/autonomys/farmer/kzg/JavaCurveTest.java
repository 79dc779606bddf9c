package xyz.autonomys.farmer.kzg;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.kzg.java.JavaCurve;

class JavaCurveTest extends CurveContract {
    JavaCurveTest() {
        super(new JavaCurve());
    }

    @Override
    int developmentSize() {
        return 1 << 12;
    }

    @Override
    @Test
    @Tag("long")
    void commitsToASegmentAndToARecordAsUpstream() throws Exception {
        super.commitsToASegmentAndToARecordAsUpstream();
    }
}
