package dev.plimsoll.verification;

import dev.plimsoll.engine.generation.InferenceProgram;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The cells that verified questions contain. Each question is predicted by the planner and executed by the engine, so a
/// cell stands for both.
final class Coverage {
    static final String FORWARD = "forward";
    static final String GRADIENT = "gradient";
    static final String AGAIN = "run again";
    static final String CACHED = "over a cache";
    static final String RUN = "run";

    private final Set<Cell> cells = new TreeSet<>();

    Set<Cell> cells() {
        return cells;
    }

    void add(TrainingQuestion question, Kernels kernels) {
        TrainingProgram program = question.program();
        AttentionKernel attention = question.execution().attention();
        boolean again = false;
        for (TrainingProgram.Step step : program.blocks()) {
            step.block().operators().forEach(operator -> add(operator, FORWARD, attention, kernels));
            for (BackwardStep backward : step.backward().steps()) {
                String way = backward instanceof BackwardStep.Rerun ? AGAIN : GRADIENT;
                again |= backward instanceof BackwardStep.Rerun;
                add(backward.operator(), way, attention, kernels);
            }
        }
        add(question.execution().precision().name(), FORWARD);
        cells.add(Cell.of(question.optimizer(), RUN));
        cells.add(Cell.of(question.execution().trained(), RUN));
        Recomputation recomputation = question.execution().recomputation();
        if (again) {
            recomputation.what().forEach(piece -> cells.add(Cell.of(piece, AGAIN)));
            cells.add(Cell.of(recomputation.layers(), AGAIN));
        }
    }

    void add(DistributedQuestion question, Kernels kernels) {
        AttentionKernel attention = question.plan().execution().attention();
        // Devices of one stage differ in no operator.
        for (DeviceProgram device : question.job().devices()) {
            for (DeviceProgram.Chunk chunk : device.chunks()) {
                for (TrainingProgram.Step step : chunk.program().blocks()) {
                    step.block().operators().forEach(operator -> add(operator, FORWARD, attention, kernels));
                    step.backward()
                            .steps()
                            .forEach(backward -> add(
                                    backward.operator(),
                                    backward instanceof BackwardStep.Rerun ? AGAIN : GRADIENT,
                                    attention,
                                    kernels));
                }
            }
        }
        Parallelism parallelism = question.parallelism();
        cells.add(Cell.of(parallelism.tensor().sequence(), RUN));
        cells.add(Cell.of(parallelism.context().exchange(), RUN));
        cells.add(Cell.of(parallelism.pipeline().schedule(), RUN));
        cells.add(Cell.of(parallelism.data().sharding(), RUN));
    }

    void add(InferenceQuestion question, Kernels kernels) {
        InferencePlan plan = question.plan();
        for (InferenceProgram.Step step :
                InferenceProgram.of(question.transformer()).steps()) {
            for (Operator operator : step.block().operators()) {
                add(operator, CACHED, plan.attention(), kernels);
                if (operator instanceof Operator.Attention attention && isLatent(attention)) {
                    cells.add(Cell.of(plan.options(1).latents(), CACHED));
                }
            }
        }
        add(plan.precision().name(), CACHED);
        cells.add(Cell.of(plan.options(1).layout(), CACHED));
        cells.add(Cell.of(plan.outOfSight(), CACHED));
    }

    /// How layers of the questions above were wired, of which a program shows no more than the operators.
    void add(Set<LayerRecipe.Wiring> wirings, String way) {
        wirings.forEach(wiring -> cells.add(Cell.of(wiring, way)));
    }

    private void add(String precision, String way) {
        cells.add(new Cell("Precision." + precision, way));
    }

    private static boolean isLatent(Operator.Attention attention) {
        return !attention.cached().contains(attention.key());
    }

    private void add(Operator operator, String way, AttentionKernel attention, Kernels kernels) {
        cells.add(Cell.of(operator, way + (kernels instanceof ScalarKernels ? ", scalar" : ", vector")));
        for (Parameter parameter : operator.parameters()) {
            cells.add(Cell.of(parameter.kind(), way));
        }
        if (operator instanceof Operator.Attention core) {
            String how = way + (attention instanceof AttentionKernel.Tiled ? ", tiled" : ", written out");
            cells.add(Cell.of(core.mask(), how));
            cells.add(Cell.of(core.scores().positions(), how));
            return;
        }
        details(operator).forEach(detail -> cells.add(Cell.of(detail, way)));
    }

    private static List<Object> details(Operator operator) {
        List<Object> details = new ArrayList<>();
        switch (operator) {
            case Operator.Normalization normalization -> details.add(normalization.kind());
            case Operator.Activation activation -> details.add(activation.function());
            case Operator.Scale scale -> details.add(scale.factor());
            case Operator.RotaryEmbedding rotation -> {
                Rotary rotary = rotation.rotary();
                details.addAll(List.of(rotary.scaling(), rotary.pairing(), rotary.where()));
            }
            case Operator.Router router -> {
                Routing routing = router.routing();
                details.addAll(List.of(routing.scoring(), routing.weighting()));
                if (routing.groups().count() > 1) {
                    details.add(routing.groups());
                }
            }
            case Operator.Embedding _,
                    Operator.Linear _,
                    Operator.Attention _,
                    Operator.TokenSelection _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Dispatch _,
                    Operator.GroupedLinear _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.Concatenate _,
                    Operator.TokenPooling _,
                    Operator.Dropout _,
                    Operator.CrossEntropy _,
                    Operator.AddBias _,
                    Collective _ -> {}
        }
        return details;
    }
}
