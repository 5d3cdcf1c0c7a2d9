package dev.plimsoll.planner.result;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A count taken apart: a leaf is the product of its factors, a parent the sum of its children. Both are checked.
///
/// @param name what is counted, for example `attention.query.weight`
/// @param factors of a leaf; empty in a parent
/// @param children of a parent; empty in a leaf, and in the sum of nothing
public record Breakdown(String name, BigInteger total, List<Factor> factors, List<Breakdown> children) {
    public Breakdown {
        factors = List.copyOf(factors);
        children = List.copyOf(children);
        if (!factors.isEmpty() && !children.isEmpty()) {
            throw new IllegalArgumentException(name + " is either a product or a sum");
        }
        BigInteger parts = factors.isEmpty() ? sum(children) : product(factors);
        if (!total.equals(parts)) {
            throw new IllegalArgumentException(name + " is " + total + " but its parts make " + parts);
        }
    }

    public static Breakdown leaf(String name, List<Factor> factors) {
        return new Breakdown(name, product(factors), factors, List.of());
    }

    public static Breakdown sum(String name, List<Breakdown> children) {
        return new Breakdown(name, sum(children), List.of(), children);
    }

    /// This one's total by its formula, with the children that are products written out and the others by name.
    public Explanation explain(Basis basis) {
        if (children.size() == 1) {
            return children.getFirst().explain(basis, name);
        }
        return explain(basis, name);
    }

    /// One line for this one and for everything below it that is a sum, the whole first.
    public List<Explanation> explainAll(Basis basis) {
        List<Explanation> lines = new ArrayList<>();
        lines.add(explain(basis));
        List<Breakdown> below = children.size() == 1 ? children.getFirst().children() : children;
        for (Breakdown child : below) {
            if (!child.children().isEmpty()) {
                lines.addAll(child.explainAll(basis));
            }
        }
        return lines;
    }

    private Explanation explain(Basis basis, String topic) {
        String formula;
        String substituted;
        if (!factors.isEmpty()) {
            formula = Factor.symbols(factors);
            substituted = Factor.numbers(factors);
        } else if (children.isEmpty()) {
            formula = "0";
            substituted = "0";
        } else {
            formula = children.stream().map(Breakdown::term).collect(Collectors.joining(" + "));
            substituted = children.stream().map(Breakdown::number).collect(Collectors.joining(" + "));
        }
        return new Explanation(topic, formula, substituted, new BigDecimal(total), basis);
    }

    private String term() {
        return factors.isEmpty() ? name : Factor.symbols(factors);
    }

    private String number() {
        return factors.isEmpty() ? total.toString() : Factor.numbers(factors);
    }

    private static BigInteger sum(List<Breakdown> children) {
        BigInteger sum = BigInteger.ZERO;
        for (Breakdown child : children) {
            sum = sum.add(child.total());
        }
        return sum;
    }

    private static BigInteger product(List<Factor> factors) {
        BigInteger product = BigInteger.ONE;
        for (Factor factor : factors) {
            product = product.multiply(BigInteger.valueOf(factor.value()));
        }
        return product;
    }
}
