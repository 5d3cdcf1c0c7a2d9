package dev.plimsoll.report.explain;

import java.math.BigDecimal;
import java.math.MathContext;

/// Exact products that 63 bits may not hold.
final class Products {
    private Products() {}

    static BigDecimal of(long... factors) {
        BigDecimal product = BigDecimal.ONE;
        for (long factor : factors) {
            product = product.multiply(BigDecimal.valueOf(factor));
        }
        return product;
    }

    /// Rounded at the 16th digit.
    static BigDecimal over(BigDecimal value, BigDecimal by) {
        return value.divide(by, MathContext.DECIMAL64);
    }

    static BigDecimal over(BigDecimal value, long by) {
        return over(value, BigDecimal.valueOf(by));
    }
}
