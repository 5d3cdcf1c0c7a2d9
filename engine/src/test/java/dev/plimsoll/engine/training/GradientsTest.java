package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every parameter's gradient against the loss's own differences.
class GradientsTest {
    private static final Workers WORKERS = new Workers(2);
    /// Half the distance of the two losses whose difference is taken, for each element of a parameter.
    private static final double STEP = 2e-3;

    @AfterAll
    static void stop() {
        WORKERS.close();
    }

    static Stream<Arguments> wirings() {
        return TinyModels.all().stream()
                .flatMap(model -> Stream.of(Lab.WRITTEN_OUT, Lab.TILED)
                        .map(kernel -> Arguments.of(model.architecture(), model, kernel)));
    }

    /// The derivative along a random direction is the sum of the gradient's elements along it. A central difference of
    /// f32 losses around 3 is off by some 1e-7 · 3 / (2 · 2e-3) = 2e-4 for rounding, and by the loss's third derivative
    /// times the step squared; both are small against the gradient of a whole parameter, which is around 0.1.
    @ParameterizedTest(name = "{0}, {2}")
    @MethodSource("wirings")
    void agreeWithDifferencesOfTheLoss(String name, Transformer model, AttentionKernel kernel) {
        TrainingExecution execution =
                TrainingExecution.of(Lab.PLAIN.precision(), kernel).withDropout(new DropoutRates(0.1, 0.2, 0.1));
        TrainingProgram program = TrainingProgram.of(model, execution);
        Batch batch = withGivenExperts(program, Lab.batch(2, 5, 3));
        Map<String, float[]> gradients;
        try (Trainer trainer = Lab.trainer(program, Kernels.best(), WORKERS)) {
            gradients = Lab.gradients(trainer, batch);
            assertThat(trainer.observation().neverRead()).isEmpty();
        }
        assertThat(gradients).isNotEmpty();
        gradients.forEach((parameter, gradient) -> {
            double expected = 0;
            for (int i = 0; i < gradient.length; i++) {
                expected += gradient[i] * direction(parameter, i);
            }
            double difference = loss(program, batch, parameter, STEP) - loss(program, batch, parameter, -STEP);
            double tolerance = 5e-4 + 0.02 * Lab.norm(gradient);
            assertThat(difference / (2 * STEP)).as(parameter).isCloseTo(expected, within(tolerance));
        });
    }

    private static int direction(String parameter, int element) {
        return new CounterBased(5).at(parameter).uniform(element) < 0.5 ? 1 : -1;
    }

    /// The loss with one parameter moved along its direction.
    private static double loss(TrainingProgram program, Batch batch, String moved, double step) {
        ParameterSource source = place -> {
            ParameterSource.Given given = Lab.lively(place);
            if (place.name().equals(moved)) {
                for (int i = 0; i < given.elements().length; i++) {
                    given.elements()[i] += (float) (step * direction(moved, i));
                }
            }
            return given;
        };
        try (Trainer trainer =
                Trainer.start("tiny", program, Lab.DESCENT, source, Lab.machine(Kernels.best(), WORKERS), 7)) {
            return trainer.gradients(List.of(batch));
        }
    }

    /// A choice is not differentiable, so it is held still.
    private static Batch withGivenExperts(TrainingProgram program, Batch batch) {
        Batch given = batch;
        for (TrainingProgram.Step step : program.blocks()) {
            for (Operator operator : step.block().operators()) {
                if (operator instanceof Operator.Router router) {
                    String name = step.label() + "/" + router.name();
                    given = given.withGivenExperts(name, experts(router, batch, new CounterBased(1).at(name)));
                }
            }
        }
        return given;
    }

    private static int[] experts(Operator.Router router, Batch batch, CounterBased random) {
        int experts = Math.toIntExact(router.routing().experts());
        int topK = Math.toIntExact(router.routing().topK());
        int[] chosen = new int[batch.sequences() * batch.tokens() * topK];
        for (int i = 0; i < chosen.length; i++) {
            int first = (int) (experts * random.uniform((long) i / topK));
            chosen[i] = (first + i % topK) % experts;
        }
        return chosen;
    }

    static Stream<Transformer> models() {
        return TinyModels.all().stream();
    }

    /// Sums in f32 in another order differ by some 1e-6 of what they sum; layers carry that on.
    @ParameterizedTest
    @MethodSource("models")
    void scalarAndVectorKernelsAgreeAndCountTheSame(Transformer model) {
        TrainingProgram program = TrainingProgram.of(model, Lab.PLAIN);
        Batch batch = withGivenExperts(program, Lab.batch(3, 7, 4));
        try (Trainer scalar = Lab.trainer(program, new ScalarKernels(), WORKERS);
                Trainer vector = Lab.trainer(program, Kernels.best(), WORKERS)) {
            Map<String, float[]> expected = Lab.gradients(scalar, batch);
            Map<String, float[]> found = Lab.gradients(vector, batch);
            expected.forEach((name, gradient) -> {
                float[] other = Objects.requireNonNull(found.get(name));
                for (int i = 0; i < gradient.length; i++) {
                    assertThat((double) other[i])
                            .as(name)
                            .isCloseTo(gradient[i], within(1e-5 * (1 + Lab.norm(gradient))));
                }
            });
            assertThat(works(vector)).isEqualTo(works(scalar));
        }
    }

    private static List<String> works(Trainer trainer) {
        return trainer.observation().works().stream()
                .map(work -> work.label() + " " + work.operator() + " " + work.pass() + " "
                        + work.counts().logicalMultiplyAdds())
                .toList();
    }
}
