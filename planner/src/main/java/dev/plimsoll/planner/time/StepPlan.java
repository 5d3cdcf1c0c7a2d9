package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.time.PipelineReplay.Chunk;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.Violation;
import java.util.ArrayList;
import java.util.List;

/// How long one step of a training run takes on a cluster, with an interval and what it stands on.
///
/// @param time line by line
/// @param stages of the pipeline, for one micro-batch
/// @param calibration the constants behind it
/// @param work of one micro-batch on one device of each stage
public record StepPlan(
        TrainingJob job,
        Cluster cluster,
        StepTime time,
        List<StageTime> stages,
        Calibration calibration,
        LayerTime.Work work) {
    /// Above this many turns a replay takes too long, and the closed form, which differs least there, is used.
    private static final long MOST_TURNS = 400_000;

    public StepPlan {
        stages = List.copyOf(stages);
    }

    /// @throws dev.plimsoll.model.failure.InputException listing every violation of a layout that cannot be run
    public static StepPlan of(TrainingJob job, Cluster cluster) {
        return of(job, cluster, ConstantTables.shipped());
    }

    /// The same by other constants than those that are shipped.
    public static StepPlan of(TrainingJob job, Cluster cluster, ConstantTables tables) {
        List<Violation> violations = Layout.check(job, cluster.devices());
        if (!violations.isEmpty()) {
            throw Violation.refusal(violations);
        }
        Calibration calibration = Calibration.of(job.model(), job.method(), cluster.accelerator(), tables);
        Conditions conditions = calibration.conditions(cluster, job.parallelism());
        WeightSharing sharing = calibration.sharing(cluster, job.parallelism());
        Layout layout = Layout.of(job);
        BlockTimes blocks = new BlockTimes(job, conditions);
        long[][][] counts = counts(layout, blocks);
        LayerTime[] kinds = blocks.kinds();
        StageTime[] stages = new StageTime[counts.length];
        StageTime[][] chunks = new StageTime[counts.length][];
        for (int stage = 0; stage < counts.length; stage++) {
            chunks[stage] = new StageTime[counts[stage].length];
            long[] whole = new long[kinds.length];
            for (int chunk = 0; chunk < counts[stage].length; chunk++) {
                chunks[stage][chunk] = StageTime.of(kinds, padded(counts[stage][chunk], whole), sharing);
            }
            stages[stage] = StageTime.of(kinds, whole, sharing);
        }
        double hop = hop(job, conditions);
        double pipeline = pipeline(job, stages, chunks, hop);
        StepTime time =
                StepTime.of(stages, job.microBatches(), pipeline, calibration.rules(cluster, job.parallelism()));
        return new StepPlan(job, cluster, time, List.of(stages), calibration, work(kinds, counts));
    }

    /// What is made of the devices' peak, by FLOPs as Megatron-LM counts them today.
    public Utilisation utilisation() {
        return utilisation(CountingConvention.MEGATRON);
    }

    /// What is made of the devices' peak, by FLOPs under a convention.
    public Utilisation utilisation(CountingConvention convention) {
        return Utilisation.of(job, cluster, convention, work, seconds());
    }

    /// The step's time.
    public double seconds() {
        return time.seconds();
    }

    /// Nine in ten steps are expected to take at least this.
    public double low() {
        return seconds() / (1 + calibration.halfWidth());
    }

    /// Nine in ten steps are expected to take at most this.
    public double high() {
        return seconds() * (1 + calibration.halfWidth());
    }

    /// What takes time and is in no line, in words.
    public List<String> notModelled() {
        List<String> words = new ArrayList<>();
        TrainingMethod.Offload offload = job.method().offload();
        if (offload.weights() == TrainingMethod.Offload.Place.HOST) {
            words.add("fetching weights from the host");
        }
        if (offload.activations() == TrainingMethod.Offload.Place.HOST) {
            words.add("sending activations to the host and back");
        }
        if (offload.optimizer() == TrainingMethod.Offload.Place.HOST) {
            words.add("the update itself, on the host's processor");
        }
        words.add("writing checkpoints and evaluating, which are the run's");
        return List.copyOf(words);
    }

    /// How step, interval, speed and utilisation come about.
    public List<Explanation> explanations() {
        return new StepExplanations(this).lines();
    }

    /// The weaker of what the kernels' constants and the device's figures stand on.
    public Provenance provenance() {
        return calibration
                .provenance()
                .and(cluster.accelerator().memoryBandwidth().provenance())
                .and(cluster.node().scaleUp().bytesPerSecond().provenance());
    }

    public double tokensPerSecondPerDevice() {
        return (double) job.batch().tokens() / seconds() / cluster.devices();
    }

    private static long[][][] counts(Layout layout, BlockTimes blocks) {
        return layout.stages().stream()
                .map(stage -> stage.chunks().stream().map(blocks::counts).toArray(long[][]::new))
                .toArray(long[][][]::new);
    }

    /// The counts with zeros for kinds that came later; adds them to `whole`.
    private static long[] padded(long[] counts, long[] whole) {
        long[] padded = new long[whole.length];
        for (int kind = 0; kind < counts.length; kind++) {
            padded[kind] = counts[kind];
            whole[kind] += counts[kind];
        }
        return padded;
    }

    private static LayerTime.Work work(LayerTime[] kinds, long[][][] counts) {
        double forward = 0;
        double backward = 0;
        double rerun = 0;
        for (long[][] stage : counts) {
            for (long[] chunk : stage) {
                for (int kind = 0; kind < chunk.length; kind++) {
                    LayerTime.Work work = kinds[kind].work();
                    forward += chunk[kind] * work.forward();
                    backward += chunk[kind] * work.backward();
                    rerun += chunk[kind] * work.rerun();
                }
            }
        }
        return new LayerTime.Work(forward, backward, rerun);
    }

    /// What shows of sending a micro-batch's residual stream to the next stage.
    private static double hop(TrainingJob job, Conditions conditions) {
        MicroBatch batch = new MicroBatch(job.batch().microBatch(), job.batch().sequenceLength());
        double elements = PipelineTime.hopElements(job.model(), new Split(job.parallelism(), batch, 1));
        return conditions.rings().pipeline().send(elements * conditions.elementBytes())
                * conditions.exposure().pipeline();
    }

    private static double pipeline(TrainingJob job, StageTime[] stages, StageTime[][] chunks, double hop) {
        PipelineParallel how = job.parallelism().pipeline();
        long microBatches = job.microBatches();
        if (stages.length == 1 || microBatches * stages.length * how.chunks() * 3 > MOST_TURNS) {
            return PipelineTime.seconds(stages, how.schedule(), how.chunks(), microBatches, hop);
        }
        Chunk[][] turns = new Chunk[stages.length][];
        for (int stage = 0; stage < stages.length; stage++) {
            turns[stage] = new Chunk[chunks[stage].length];
            for (int chunk = 0; chunk < turns[stage].length; chunk++) {
                StageTime time = chunks[stage][chunk];
                turns[stage][chunk] =
                        new Chunk(time.forward(), time.backward() - time.weightGradients(), time.weightGradients());
            }
        }
        return PipelineReplay.seconds(turns, how.schedule(), (int) microBatches, hop);
    }
}
