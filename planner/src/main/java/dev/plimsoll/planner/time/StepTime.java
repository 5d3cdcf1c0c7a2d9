package dev.plimsoll.planner.time;

/// What one training step takes, in seconds, line by line. The lines add up to the step.
///
/// @param computing on the slowest stage: products, attention cores, element-wise kernels, waiting for the host
/// @param rerun on it: what is run again in the backward pass
/// @param communication on it: what shows of tensor, context and expert parallelism
/// @param gathering on it: what shows of gathering and scattering weights that are shared out
/// @param bubble what the slowest stage waits for the others, with what shows of sending from stage to stage
/// @param reducing what shows of reducing gradients and handing out weights, once a step
/// @param optimizer updating the weights
/// @param overhead loading data, launching, logging and waiting for the slowest device
public record StepTime(
        double computing,
        double rerun,
        double communication,
        double gathering,
        double bubble,
        double reducing,
        double optimizer,
        double overhead) {
    /// All lines.
    public double seconds() {
        return computing + rerun + communication + gathering + bubble + reducing + optimizer + overhead;
    }

    /// The bubble as a share of the time in which the pipeline runs.
    public double bubbleShare() {
        return bubble / (computing + rerun + communication + gathering + bubble);
    }

    /// Adds up a step whose pipeline takes `pipelineSeconds`, be it by the closed form or by the replay.
    ///
    /// @param stages in order
    /// @param pipelineSeconds from the first forward to the last backward
    public static StepTime of(StageTime[] stages, long microBatches, double pipelineSeconds, StepRules rules) {
        StageTime slowest = stages[0];
        double reducing = 0;
        double optimizer = 0;
        for (StageTime stage : stages) {
            if (stage.seconds() > slowest.seconds()) {
                slowest = stage;
            }
            reducing = Math.max(reducing, rules.sharing().reduce(stage, rules.window()));
            optimizer = Math.max(optimizer, rules.optimizer(stage.trained()));
        }
        double rerun = microBatches * slowest.rerun();
        double communication = microBatches * slowest.communication();
        double gathering = microBatches * slowest.gathering();
        double computing = microBatches * slowest.computing();
        double bubble = Math.max(0, pipelineSeconds - microBatches * slowest.seconds());
        double busy = microBatches * slowest.seconds() + bubble + reducing + optimizer;
        double overhead = rules.stepSeconds() + rules.straggling() * busy;
        return new StepTime(computing, rerun, communication, gathering, bubble, reducing, optimizer, overhead);
    }
}
