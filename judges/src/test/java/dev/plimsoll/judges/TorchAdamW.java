package dev.plimsoll.judges;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.plimsoll.model.execution.Optimizer;
import java.util.HashMap;
import java.util.Map;

/// AdamW in PyTorch's operations, line by line as the documentation of `torch.optim.AdamW` has it.
final class TorchAdamW implements AutoCloseable {
    private final NDManager manager = NDManager.newBaseManager(Torch.NAME);
    private final Optimizer.AdamW settings;
    private final Map<String, NDArray> firstMoments = new HashMap<>();
    private final Map<String, NDArray> secondMoments = new HashMap<>();
    private int steps;

    TorchAdamW(Optimizer.AdamW settings) {
        this.settings = settings;
    }

    /// Changes the parameters by their gradients.
    void step(Map<String, NDArray> parameters) {
        steps++;
        parameters.forEach(this::update);
    }

    private void update(String name, NDArray weight) {
        NDArray gradient = weight.getGradient();
        NDArray first = firstMoments.computeIfAbsent(name, _ -> manager.zeros(weight.getShape()));
        NDArray second = secondMoments.computeIfAbsent(name, _ -> manager.zeros(weight.getShape()));
        weight.subi(weight.mul((float) (settings.learningRate() * settings.weightDecay())));
        first.muli((float) settings.beta1()).addi(gradient.mul((float) (1 - settings.beta1())));
        second.muli((float) settings.beta2()).addi(gradient.square().mul((float) (1 - settings.beta2())));
        NDArray mean = first.div((float) (1 - Math.pow(settings.beta1(), steps)));
        NDArray square = second.div((float) (1 - Math.pow(settings.beta2(), steps)));
        weight.subi(mean.mul((float) settings.learningRate()).div(square.sqrt().add((float) settings.epsilon())));
    }

    @Override
    public void close() {
        manager.close();
    }
}
