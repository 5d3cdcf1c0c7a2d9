package dev.plimsoll.model.interpreter;

import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/// Numbers in the order of a shape, its last axis fastest.
final class Tensor {
    private final double[] elements;

    private Tensor(double[] elements) {
        this.elements = elements;
    }

    /// A tensor of that shape.
    ///
    /// @param open how long each open axis is
    /// @param element the number at each position, asked once for each
    static Tensor of(Shape shape, Map<Axis, Integer> open, IntToDoubleFunction element) {
        double[] elements = new double[Math.toIntExact(shape.elements(open::get))];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = element.applyAsDouble(i);
        }
        return new Tensor(elements);
    }

    int size() {
        return elements.length;
    }

    double at(int position) {
        return elements[position];
    }

    double[] toArray() {
        return elements.clone();
    }
}
