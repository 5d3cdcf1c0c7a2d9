package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Shape;
import java.util.IdentityHashMap;

/// The shapes of a block's matrices, put together once: a search times the same block under thousands of splits, and
/// putting them together anew took most of that time (40 us of 45 for a layer of Llama 2 70B).
final class MatrixShapes {
    /// @param outputs axes that the weight brings
    /// @param inputs axes summed over
    /// @param apart axes of the input that are neither
    private record Sides(Shape outputs, Shape inputs, Shape apart) {
        static Sides of(Operator.Linear linear) {
            Shape input = linear.input().shape();
            Shape inputs = linear.inputs();
            return new Sides(linear.outputs(), inputs, input.leading(input.rank() - inputs.rank()));
        }
    }

    private final IdentityHashMap<Operator.Linear, Sides> sides = new IdentityHashMap<>();
    private final IdentityHashMap<Parameter, Shape> shapes = new IdentityHashMap<>();

    MatrixShapes(Block block) {
        block.parameters().forEach(parameter -> shapes.put(parameter, parameter.shape()));
        for (Operator operator : block.operators()) {
            operator.parameters().forEach(parameter -> shapes.put(parameter, parameter.shape()));
            if (operator instanceof Operator.Linear linear) {
                sides.put(linear, Sides.of(linear));
            }
        }
    }

    Shape outputs(Operator.Linear linear) {
        return sides(linear).outputs();
    }

    Shape inputs(Operator.Linear linear) {
        return sides(linear).inputs();
    }

    /// The axes of the input that each product is made for: tokens, and what else is not summed over.
    Shape apart(Operator.Linear linear) {
        return sides(linear).apart();
    }

    private Sides sides(Operator.Linear linear) {
        Sides known = sides.get(linear);
        return known == null ? Sides.of(linear) : known;
    }

    Shape of(Parameter parameter) {
        Shape known = shapes.get(parameter);
        return known == null ? parameter.shape() : known;
    }
}
