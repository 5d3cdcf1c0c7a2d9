package dev.plimsoll.formats.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.formats.model.MegatronShape;
import dev.plimsoll.formats.model.MegatronShape.Choice;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.shape.DataType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is written for a framework is read back as the same run, for random runs that the framework can express.
class LaunchRoundTripTest {
    private static final int ROUNDS = 500;

    @ParameterizedTest
    @EnumSource
    void theWrittenTextIsReadBackAsTheSameRun(LaunchFramework framework) {
        for (long seed = 0; seed < ROUNDS; seed++) {
            LaunchPlan plan = new RandomPlan(framework, new Random(seed)).plan();
            LaunchText text = LaunchWriter.write(plan, framework);
            LaunchSettings read = LaunchReader.read("seed " + seed, text.text().getBytes(StandardCharsets.UTF_8))
                    .settings();
            assertThat(read.framework()).isEqualTo(framework);
            assertThat(read.layout().on(plan.parallelism().devices()))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(plan.parallelism());
            assertThat(read.batch().globalBatch()).as("seed %d", seed).hasValue(plan.globalBatch());
            assertThat(read.batch().microBatch()).as("seed %d", seed).hasValue(plan.microBatch());
            assertThat(read.method()).as("seed %d: %s", seed, text).isEqualTo(plan.method());
            if (framework != LaunchFramework.DEEPSPEED) {
                assertThat(read.model()).isEqualTo(plan.model());
                assertThat(read.profile()).isEqualTo(plan.profile());
                assertThat(read.batch().sequenceLength()).hasValue(plan.sequenceLength());
            }
        }
    }

    /// A run that a framework can express.
    private record RandomPlan(LaunchFramework framework, Random random) {
        LaunchPlan plan() {
            int stages = framework == LaunchFramework.DEEPSPEED ? 1 : among(1, 1, 2, 4);
            int chunks = stages == 1 ? 1 : among(1, 1, 2);
            List<Integer> layers = stages > 1 && random.nextBoolean()
                    ? IntStream.range(0, stages * chunks)
                            .mapToObj(i -> i == 0 ? 9 : random.nextInt(1, 5))
                            .toList()
                    : List.of();
            long count = layers.isEmpty()
                    ? (long) stages * chunks * random.nextInt(1, 20)
                    : layers.stream().mapToInt(i -> i).sum();
            Parallelism parallelism = parallelism(new PipelineParallel(stages, chunks, schedule(), layers));
            long micro = among(1, 2, 4, 6);
            long global = micro * parallelism.data().degree() * among(1, 2, 8, 15);
            return new LaunchPlan(
                    profile(), model(count), count, parallelism, global, micro, among(512, 4096, 131_072), method());
        }

        private Parallelism parallelism(PipelineParallel pipeline) {
            int tensor = among(1, 2, 8);
            int context = among(1, 2);
            int replicas = among(2, 4, 16);
            int groups = among(1, 2);
            boolean all = framework == LaunchFramework.DEEPSPEED;
            ContextExchange exchange = framework == LaunchFramework.TORCHTITAN || (all && context == 1)
                    ? ContextExchange.RING
                    : all || random.nextBoolean() ? ContextExchange.ALL_TO_ALL : ContextExchange.RING;
            SequenceSplit split =
                    tensor > 1 && !all && (framework == LaunchFramework.TORCHTITAN || random.nextBoolean())
                            ? SequenceSplit.SPLIT
                            : SequenceSplit.WHOLE;
            Sharding sharding = sharding();
            // A group of one replica deals nothing out.
            int shards = sharding == Sharding.NONE ? 1 : Math.max(2, replicas / groups);
            return new Parallelism(
                    new TensorParallel(tensor, split),
                    new ContextParallel(context, exchange),
                    all ? Parallelism.NONE.expert() : new ExpertParallel(among(1, 2), among(1, tensor)),
                    pipeline,
                    new DataParallel(replicas, shards, sharding));
        }

        private PipelineSchedule schedule() {
            return PipelineSchedule.ONE_FORWARD_ONE_BACKWARD;
        }

        private Sharding sharding() {
            return framework == LaunchFramework.TORCHTITAN
                    ? List.of(Sharding.NONE, Sharding.GRADIENTS, Sharding.WEIGHTS)
                            .get(random.nextInt(3))
                    : List.of(Sharding.values()).get(random.nextInt(4));
        }

        private String profile() {
            return switch (framework) {
                case MEGATRON -> random.nextBoolean() ? "megatron" : "megatron-te";
                case DEEPSPEED -> "deepspeed";
                case TORCHTITAN -> random.nextBoolean() ? "fsdp" : "torch-compile";
            };
        }

        private LaunchModel model(long layers) {
            return switch (framework) {
                case MEGATRON ->
                    new LaunchModel.Shape(new MegatronShape(
                            layers,
                            4096,
                            random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(11_008),
                            32,
                            random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(8),
                            OptionalLong.of(128),
                            8192,
                            128_256,
                            64,
                            new MegatronShape.Switches("RMSNorm", "rope", choice(), choice(), choice()),
                            List.of()));
                case DEEPSPEED -> new LaunchModel.Unsaid();
                case TORCHTITAN ->
                    random.nextBoolean()
                            ? new LaunchModel.Published("llama-3.1-8b")
                            : new LaunchModel.Foreign("gpt_oss 20b");
            };
        }

        private LaunchMethod method() {
            return switch (framework) {
                case MEGATRON ->
                    new LaunchMethod(
                            exactly(List.of(
                                    Recomputation.NONE,
                                    Recomputation.everywhere(Piece.LAYER),
                                    new Recomputation(Set.of(Piece.LAYER), new LayerPattern.First(3)),
                                    Recomputation.everywhere(Piece.CORE_ATTENTION, Piece.NORMALIZATION),
                                    Recomputation.everywhere(Piece.FEED_FORWARD, Piece.LATENT_UP_PROJECTION))),
                            Optional.of(precision(List.of(
                                    LaunchPrecision.mixed(DataType.BF16, DataType.F32),
                                    LaunchPrecision.mixed(DataType.BF16, DataType.BF16),
                                    LaunchPrecision.mixed(DataType.F16, DataType.F16),
                                    LaunchPrecision.mixed(DataType.F16, DataType.F32),
                                    new LaunchPrecision(
                                            DataType.BF16,
                                            DataType.F32,
                                            Optional.of(DataType.F32),
                                            DataType.BF16,
                                            Products.AS_WEIGHTS),
                                    LaunchPrecision.FULL))),
                            Optional.of(List.of("adamw", "momentum", "muon").get(random.nextInt(3))),
                            Optional.of(random.nextBoolean() ? DropoutRates.NONE : new DropoutRates(0.1, 0.2, 0.1)),
                            offloaded(Offloaded.OPTIMIZER_STATES, Offloaded.ACTIVATIONS));
                case DEEPSPEED ->
                    new LaunchMethod(
                            new Recomputes.Unsaid(),
                            Optional.of(List.of(
                                            LaunchPrecision.mixed(DataType.BF16, DataType.F32),
                                            LaunchPrecision.mixed(DataType.F16, DataType.F16),
                                            LaunchPrecision.FULL)
                                    .get(random.nextInt(3))),
                            Optional.of(List.of("adamw", "adam", "muon", "sgd").get(random.nextInt(4))),
                            Optional.empty(),
                            offloaded(Offloaded.values()));
                case TORCHTITAN ->
                    new LaunchMethod(
                            random.nextInt(4) == 0
                                    ? new Recomputes.FrameworksSelection()
                                    : exactly(List.of(
                                            Recomputation.NONE,
                                            Recomputation.everywhere(Piece.LAYER),
                                            new Recomputation(Set.of(Piece.LAYER), new LayerPattern.Every(3)))),
                            Optional.of(precision(List.of(
                                    LaunchPrecision.mixed(DataType.BF16, DataType.F32),
                                    new LaunchPrecision(
                                            DataType.BF16,
                                            DataType.BF16,
                                            Optional.empty(),
                                            DataType.BF16,
                                            Products.AS_WEIGHTS),
                                    LaunchPrecision.FULL))),
                            Optional.of(random.nextBoolean() ? "adamw" : "adam"),
                            Optional.of(DropoutRates.NONE),
                            random.nextBoolean() ? Set.of() : Set.of(Offloaded.OPTIMIZER_STATES, Offloaded.WEIGHTS));
            };
        }

        private Recomputes exactly(List<Recomputation> choices) {
            return new Recomputes.Exactly(choices.get(random.nextInt(choices.size())));
        }

        private LaunchPrecision precision(List<LaunchPrecision> choices) {
            return choices.get(random.nextInt(choices.size()))
                    .withProducts(random.nextBoolean() ? Products.AS_WEIGHTS : Products.EIGHT_BIT);
        }

        private Set<Offloaded> offloaded(Offloaded... choices) {
            return Set.copyOf(
                    Arrays.stream(choices).filter(_ -> random.nextInt(3) == 0).toList());
        }

        private Choice choice() {
            return random.nextBoolean() ? Choice.YES : Choice.NO;
        }

        private int among(int... choices) {
            return choices[random.nextInt(choices.length)];
        }
    }
}
