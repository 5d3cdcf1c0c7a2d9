package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.serving.Engine.BeyondPositions;
import dev.plimsoll.planner.serving.Engine.EmbeddingPlace;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Everything that an engine would refuse of a job, all at once.
public final class JobCheck {
    private static final int MOST_DEVICES = 64;

    private final ServingJob job;
    private final Transformer model;
    private final List<Violation> violations = new ArrayList<>();

    private JobCheck(ServingJob job) {
        this.job = job;
        this.model = job.model().transformer();
    }

    public static List<Violation> of(ServingJob job) {
        JobCheck check = new JobCheck(job);
        check.positions();
        check.cacheType();
        check.tensor();
        check.pipeline();
        check.experts();
        check.host();
        check.share();
        return check.violations;
    }

    private void positions() {
        long asked = job.limits().maxModelLen();
        if (job.engine().beyondPositions() == BeyondPositions.REFUSED
                && model.maxPositions().isPresent()
                && asked > model.maxPositions().getAsLong()) {
            long made = model.maxPositions().getAsLong();
            add(
                    "--max-model-len",
                    "is " + Numbers.grouped(asked) + " and the model was made for " + Numbers.grouped(made)
                            + " positions, which " + job.engine().name() + " does not exceed",
                    "--max-model-len " + made + " or less; --engine ideal counts any length");
        }
    }

    private void cacheType() {
        String name = job.cache().name();
        List<String> known = job.engine().cacheTypes();
        boolean takesAny = job.engine().budget() instanceof BudgetRule.Everything;
        if (!takesAny && !known.contains(name)) {
            add(
                    "--kv-cache-dtype",
                    "is " + name + ", which " + job.engine().name() + " has not",
                    "--kv-cache-dtype " + String.join(", ", known));
        }
        if (job.cache().type().equals(StageCache.LATENT_FP8) && !StageCache.isLatent(model)) {
            add("--kv-cache-dtype", "is " + name + ", which holds latents, and the model has none", "fp8");
        }
    }

    private void tensor() {
        Set<String> causes = causes(job.layout().tensor(), job.layout().expertTensor());
        if (!causes.isEmpty()) {
            Set<Integer> works = new TreeSet<>();
            for (int degree = 1; degree <= MOST_DEVICES; degree++) {
                if (causes(degree, 1).isEmpty()) {
                    works.add(degree);
                }
            }
            add(
                    "--tensor-parallel-size",
                    "is " + job.layout().tensor() + ", which " + String.join(" and ", causes),
                    "--tensor-parallel-size "
                            + works.stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
    }

    /// What a degree does not divide.
    private Set<String> causes(int tensor, int expertTensor) {
        Set<String> causes = new LinkedHashSet<>();
        for (Part part : model.parts()) {
            boolean isText = part.kind() == Part.Kind.TEXT_DECODER || part.kind() == Part.Kind.TEXT_ENCODER;
            for (LayerRun run : part.runs()) {
                if (isText && StageSlices.isLayer(run.block())) {
                    causes(run.block(), tensor, expertTensor, causes);
                }
            }
        }
        return causes;
    }

    private static void causes(Block block, int tensor, int expertTensor, Set<String> causes) {
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Attention attention) {
                long queries = attention.query().shape().trailing(2).leading(1).fixedElements();
                long keys = attention.key().shape().trailing(2).leading(1).fixedElements();
                if (queries % tensor != 0) {
                    causes.add("does not divide " + queries + " query heads");
                }
                if (keys % tensor != 0 && tensor % keys != 0) {
                    causes.add("neither divides " + keys + " key/value heads nor repeats them evenly");
                }
            } else if (operator instanceof Operator.GroupedLinear grouped
                    && grouped.output().shape().has(Axis.FEED_FORWARD)) {
                divides(grouped.output().shape().size(Axis.FEED_FORWARD), expertTensor, "an expert's width of", causes);
            } else if (operator instanceof Operator.Linear linear
                    && linear.outputs().has(Axis.FEED_FORWARD)) {
                divides(linear.outputs().size(Axis.FEED_FORWARD), tensor, "a feed-forward width of", causes);
            } else if (operator instanceof Operator.DeltaRule rule) {
                divides(rule.state().size(Axis.QUERY_HEADS), tensor, "recurrent heads:", causes);
            } else if (operator instanceof Operator.StateSpaceScan scan
                    && scan.state().has(Axis.INNER)) {
                divides(scan.state().size(Axis.INNER), tensor, "a recurrence's width of", causes);
            }
        }
    }

    private static void divides(long size, int degree, String what, Set<String> causes) {
        if (size % degree != 0) {
            causes.add("does not divide " + what + " " + Numbers.grouped(size));
        }
    }

    private void pipeline() {
        ServingLayout layout = job.layout();
        long layers = StageSlices.layers(model);
        if (!layout.stageLayers().isEmpty()) {
            long sum =
                    layout.stageLayers().stream().mapToLong(Integer::longValue).sum();
            if (sum != layers || layout.stageLayers().size() != layout.pipeline()) {
                add(
                        "--pipeline-layers",
                        "names " + layout.stageLayers().size() + " stages of " + sum + " layers in all, for "
                                + layout.pipeline() + " stages of " + layers + " layers",
                        "leave it out for an even split");
            }
        } else if (layout.pipeline() > layers) {
            add(
                    "--pipeline-parallel-size",
                    "is " + layout.pipeline() + " and the model has " + layers + " layers",
                    "--pipeline-parallel-size 1 to " + layers);
        }
    }

    private void experts() {
        ServingLayout layout = job.layout();
        long experts = experts(model);
        long group = (long) layout.tensor() * layout.data();
        if (layout.expert() > 1 && experts == 0) {
            add("--expert-parallel-size", "is " + layout.expert() + " and the model has no experts", "leave it out");
        } else if (layout.expert() > Math.max(1, experts)) {
            add(
                    "--expert-parallel-size",
                    "is " + layout.expert() + " and the model has " + experts + " experts",
                    "--expert-parallel-size 1 to " + experts);
        }
        if (group % ((long) layout.expert() * layout.expertTensor()) != 0) {
            add(
                    "--expert-parallel-size",
                    "times --expert-tensor-parallel-size is " + layout.expert() * layout.expertTensor()
                            + ", which does not divide the " + group + " devices of a stage",
                    "a divisor of " + group);
        }
    }

    static long experts(Transformer model) {
        long experts = 0;
        for (Part part : model.parts()) {
            for (LayerRun run : part.runs()) {
                for (Operator operator : run.block().operators()) {
                    if (operator instanceof Operator.Router router) {
                        experts = Math.max(experts, router.routing().experts());
                    }
                }
            }
        }
        return experts;
    }

    private void host() {
        boolean asked = job.host().deviceLayers().isPresent() || job.host().hostExpertLayers() > 0;
        if (asked && job.engine().embedding() != EmbeddingPlace.HOST) {
            add(
                    job.host().deviceLayers().isPresent() ? "--gpu-layers" : "--n-cpu-moe",
                    "keeps layers on the host, which " + job.engine().name() + " does not",
                    "--engine llamacpp");
        }
    }

    private void share() {
        if (job.share().isPresent() && job.engine().share().isEmpty()) {
            add(
                    "--gpu-memory-utilization",
                    "is given, and " + job.engine().name() + " has no such share",
                    "leave it out; vllm, trtllm and sglang have one");
        }
    }

    private void add(String option, String cause, String remedy) {
        violations.add(new Violation(option, option + " " + cause, remedy));
    }
}
