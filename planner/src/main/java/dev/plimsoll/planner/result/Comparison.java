package dev.plimsoll.planner.result;

import java.math.BigDecimal;
import java.math.MathContext;

/// A textbook's closed form beside the figure that was walked operator by operator.
///
/// @param closedForm the textbook's figure, independent of the walk
/// @param walked the figure that is answered
public record Comparison(Explanation closedForm, BigDecimal walked) {
    /// How far the closed form lies above the walked figure; negative where it lies below.
    public BigDecimal difference() {
        return closedForm.value().subtract(walked);
    }

    /// The closed form in units of the walked figure, for example 0.99; infinite where nothing was walked.
    public double ratio() {
        return walked.signum() == 0
                ? Double.POSITIVE_INFINITY
                : closedForm.value().divide(walked, MathContext.DECIMAL64).doubleValue();
    }
}
