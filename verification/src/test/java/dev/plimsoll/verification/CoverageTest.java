package dev.plimsoll.verification;

import static dev.plimsoll.verification.Coverage.AGAIN;
import static dev.plimsoll.verification.Coverage.CACHED;
import static dev.plimsoll.verification.Coverage.FORWARD;
import static dev.plimsoll.verification.Coverage.GRADIENT;
import static dev.plimsoll.verification.Coverage.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.generation.CacheLayout;
import dev.plimsoll.engine.generation.CachePolicy;
import dev.plimsoll.engine.generation.LatentUse;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.ScaleFactor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Whatever can be described is predicted and executed in every way there is, or a reason is given why not.
///
/// The matrix is derived from sealed types and enums, so that a new case has empty cells and fails here.
class CoverageTest {
    @Test
    void everyCellIsVerifiedOrWaivedWithAReason() {
        Set<Cell> empty = matrix();
        empty.removeAll(covered());
        Set<Cell> waived = new TreeSet<>();
        for (Waiver waiver : Waiver.ALL) {
            List<Cell> cells = matrix().stream().filter(waiver::covers).toList();
            assertThat(cells).as("the matrix has nothing for %s", waiver).isNotEmpty();
            waived.addAll(cells);
        }
        assertThat(empty).as("empty cells beside those that are waived").isEqualTo(waived);
    }

    private static Set<Cell> covered() {
        Coverage coverage = new Coverage();
        for (String model : Verifier.MODELS) {
            VerifiedQuestions.trainings(model).forEach(question -> coverage.add(question, Kernels.best()));
            VerifiedQuestions.inferences(model).forEach(question -> coverage.add(question, Kernels.best()));
        }
        VerifiedQuestions.seeds().forEach(seed -> {
            Kernels kernels = VerifiedQuestions.kernels(seed);
            RandomQuestions questions = new RandomQuestions(seed);
            VerifiedQuestions.trainings(questions).forEach(question -> coverage.add(question, kernels));
            VerifiedQuestions.inferences(questions).forEach(question -> coverage.add(question, kernels));
            coverage.add(questions.wiringsTrained(), FORWARD);
            coverage.add(questions.wiringsContinued(), CACHED);
        });
        DistributedQuestions.named().stream()
                .flatMap(named -> named.questions().stream())
                .forEach(question -> coverage.add(question, Kernels.best()));
        DistributedQuestions.named()
                .getFirst()
                .questions()
                .forEach(question -> coverage.add(question, new ScalarKernels()));
        DistributedQuestions.seeds()
                .forEach(seed -> DistributedQuestions.random(seed)
                        .forEach(question -> coverage.add(question, DistributedQuestions.kernels(seed))));
        return coverage.cells();
    }

    private static Set<Cell> matrix() {
        Set<Cell> cells = new TreeSet<>();
        List<String> passes = List.of(FORWARD, GRADIENT, AGAIN, CACHED);
        add(cells, Operator.class, with(passes, ", vector", ", scalar"));
        for (Class<?> type : List.of(AttentionMask.class, AttentionScores.PositionBias.class)) {
            add(cells, type, with(passes, ", written out", ", tiled"));
        }
        for (Class<?> type : List.of(
                NormalizationKind.class,
                ActivationFunction.class,
                ScaleFactor.class,
                RotaryScaling.class,
                Rotary.Pairing.class,
                Rotary.End.class,
                Routing.Scoring.class,
                Routing.Weighting.class,
                Parameter.Kind.class)) {
            add(cells, type, passes);
        }
        passes.forEach(pass -> cells.add(new Cell(Cell.name(Routing.Groups.class), pass)));
        add(cells, LayerRecipe.Wiring.class, List.of(FORWARD, CACHED));
        for (Precision precision : Precision.presets()) {
            cells.add(new Cell("Precision." + precision.name(), FORWARD));
            cells.add(new Cell("Precision." + precision.name(), CACHED));
        }
        add(cells, Optimizer.class, List.of(RUN));
        add(cells, TrainingExecution.Trained.class, List.of(RUN));
        for (Class<?> type : List.of(
                Parallelism.SequenceSplit.class,
                Parallelism.ContextExchange.class,
                Parallelism.PipelineSchedule.class,
                Parallelism.Sharding.class)) {
            add(cells, type, List.of(RUN));
        }
        add(cells, Recomputation.Piece.class, List.of(AGAIN));
        add(cells, Recomputation.LayerPattern.class, List.of(AGAIN));
        add(cells, CacheLayout.class, List.of(CACHED));
        add(cells, CachePolicy.OutOfSight.class, List.of(CACHED));
        add(cells, LatentUse.class, List.of(CACHED));
        return cells;
    }

    private static void add(Set<Cell> cells, Class<?> type, List<String> ways) {
        for (String subject : Cell.subjects(type)) {
            ways.forEach(way -> cells.add(new Cell(subject, way)));
        }
    }

    private static List<String> with(List<String> ways, String one, String other) {
        return ways.stream()
                .flatMap(way -> List.of(way + one, way + other).stream())
                .toList();
    }
}
