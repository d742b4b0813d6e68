"""The training step of offcurve in PyTorch, measured: what the engines of the kit are compared with on a GPU.

The step is the kit's own: a multilayer perceptron with three hidden layers and ReLU, mean cross-entropy, its gradient, Adam with bias
correction. It is run in two ways, both compiled by torch.compile and, on a GPU, replayed as one CUDA graph, which is as fast as PyTorch gets:

    compiled   one trial at a time
    stacked    many trials at once: torch.func.vmap over the parameters of the trials, one batch shared by all

TF32 is allowed in matrix products. Every update takes its batch from pinned memory of the host, as the kit's engines take theirs from the host.
The card's own rates are measured in the same run: copying within its memory, and multiplying matrices.

Prints one JSON document on standard output. It needs PyTorch 2.1 or newer and nothing else.
"""

import argparse
import json
import math
import statistics
import sys
import time

BATCHES = 8  # different ones, taken in turn
LEARNING_RATE = 1e-3
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
ROUNDS = 3
CHECK_UPDATES = 3
# With the usual epsilon, a gradient that is zero but for its rounding moves a parameter by a good part of the learning rate.
CHECK_EPSILON = 1e-4
CHECK_PARAMETERS = 2e7  # larger models are not compared with float64
MEMORY_SHARE = 0.7  # of the card, for one stack


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="64,512,2048,8192", help="hidden sizes, with commas between them")
    parser.add_argument("--inputs", type=positive, default=3072)
    parser.add_argument("--classes", type=positive, default=1000)
    parser.add_argument("--batch", type=positive, default=128)
    parser.add_argument("--depth", type=positive, default=3, help="hidden layers")
    parser.add_argument("--stack", type=positive, default=36, help="most trials of one stack; fewer where memory is short")
    parser.add_argument("--seconds", type=float, default=2.0, help="measured time of each row")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--eager", action="store_true", help="do not compile, to try the script where there is no compiler")
    options = parser.parse_args()
    try:
        options.sizes = [positive(size) for size in options.sizes.split(",")]
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument --sizes: {error}")
    if not options.seconds > 0:
        parser.error("argument --seconds: expected a number above 0")
    return options


def positive(text):
    if not text.strip().isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 up, got {text!r}")
    return int(text)


def layer_shapes(hidden, inputs, classes, depth):
    """[(rows, columns)] of the weights, without their biases."""
    fans = [inputs] + [hidden] * depth
    return list(zip(fans, fans[1:] + [classes]))


def parameter_count(shapes):
    return sum((rows + 1) * columns for rows, columns in shapes)


def initial(torch, shapes, stack, device, dtype):
    """He-scaled normal weights and zero biases; a leading axis of trials where stack is a number."""
    generator = torch.Generator(device="cpu").manual_seed(0)
    lead = () if stack is None else (stack,)
    parameters = {}
    for layer, (rows, columns) in enumerate(shapes):
        weights = torch.randn(rows, columns, generator=generator, dtype=torch.float32) * (2 / rows) ** 0.5
        parameters[f"w{layer}"] = weights.to(device, dtype).expand(*lead, rows, columns).clone()
        parameters[f"b{layer}"] = torch.zeros(*lead, columns, device=device, dtype=dtype)
    return parameters


def step_function(torch, depth, stack):
    """update(parameters, means, squares, x, y, t, epsilon): changes the first three in place, and returns the losses. t counts from 1."""

    def loss_of(parameters, x, y):
        for layer in range(depth):
            x = torch.relu(x @ parameters[f"w{layer}"] + parameters[f"b{layer}"])
        logits = x @ parameters[f"w{depth}"] + parameters[f"b{depth}"]
        return torch.nn.functional.cross_entropy(logits, y)

    gradients_of = torch.func.grad_and_value(loss_of)
    if stack is not None:
        gradients_of = torch.func.vmap(gradients_of, in_dims=(0, None, None))

    def update(parameters, means, squares, x, y, t, epsilon):
        gradients, losses = gradients_of(parameters, x, y)
        correction = torch.sqrt(1 - BETA2**t)
        rate = LEARNING_RATE * correction / (1 - BETA1**t)
        for name, gradient in gradients.items():
            means[name].mul_(BETA1).add_(gradient, alpha=1 - BETA1)
            squares[name].mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            parameters[name].sub_(rate * means[name] / (squares[name].sqrt() + epsilon * correction))
        return losses

    return update


class Loop:
    """A training loop ready to be called: one call, one update."""

    def __init__(self, torch, options, hidden, stack):
        self.torch = torch
        device = options.device
        shapes = layer_shapes(hidden, options.inputs, options.classes, options.depth)
        self.parameters = initial(torch, shapes, stack, device, torch.float32)
        self.means = {name: torch.zeros_like(value) for name, value in self.parameters.items()}
        self.squares = {name: torch.zeros_like(value) for name, value in self.parameters.items()}
        self.t = torch.zeros((), device=device, dtype=torch.float64)
        self.epsilon = torch.full((), EPSILON, device=device, dtype=torch.float64)
        self.host = host_batches(torch, options)
        self.x = torch.empty_like(self.host[0][0], device=device)
        self.y = torch.empty_like(self.host[0][1], device=device)
        self.next = 0
        update = step_function(torch, options.depth, stack)
        self.update = update if options.eager else torch.compile(update)
        self.graph = None
        self.losses = None

    def load(self):
        x, y = self.host[self.next % BATCHES]
        self.next += 1
        self.x.copy_(x, non_blocking=True)
        self.y.copy_(y, non_blocking=True)

    def run(self):
        self.t.add_(1)  # not in the compiled function, which may read it before it is changed
        return self.update(self.parameters, self.means, self.squares, self.x, self.y, self.t, self.epsilon)

    def __call__(self):
        self.load()
        if self.graph is None:
            self.losses = self.run()
        else:
            self.graph.replay()

    def capture(self):
        """From now on the update is one CUDA graph."""
        torch = self.torch
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.run()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.losses = self.run()
        self.graph = graph


def host_batches(torch, options):
    generator = torch.Generator(device="cpu").manual_seed(1)
    batches = []
    for _ in range(BATCHES):
        x = torch.randn(options.batch, options.inputs, generator=generator)
        y = torch.randint(options.classes, (options.batch,), generator=generator)
        batches.append((x.pin_memory(), y.pin_memory()) if options.device == "cuda" else (x, y))
    return batches


def synchronize(torch, options):
    if options.device == "cuda":
        torch.cuda.synchronize()


def seconds_per_call(torch, options, call, seconds):
    synchronize(torch, options)
    started = time.perf_counter()
    calls = 0
    while True:
        for _ in range(max(1, calls)):  # twice as many each time, so that waiting for the card costs nothing
            call()
        calls += max(1, calls)
        synchronize(torch, options)
        elapsed = time.perf_counter() - started
        if elapsed >= seconds:
            return elapsed / calls


def largest_error(torch, options, loop, hidden):
    """Largest difference from torch.optim.Adam in float64 after the loop's first updates, relative to the largest magnitude of the tensor.

    None for large models.
    """
    shapes = layer_shapes(hidden, options.inputs, options.classes, options.depth)
    loop.epsilon.fill_(CHECK_EPSILON)
    for _ in range(CHECK_UPDATES):
        loop()
    loop.epsilon.fill_(EPSILON)
    if parameter_count(shapes) > CHECK_PARAMETERS:
        return None
    expected = initial(torch, shapes, None, options.device, torch.float64)
    leaves = [value.requires_grad_() for value in expected.values()]
    adam = torch.optim.Adam(leaves, lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=CHECK_EPSILON)
    for k in range(CHECK_UPDATES):
        x, y = (part.to(options.device) for part in loop.host[k])
        x = x.double()
        for layer in range(options.depth):
            x = torch.relu(x @ expected[f"w{layer}"] + expected[f"b{layer}"])
        logits = x @ expected[f"w{options.depth}"] + expected[f"b{options.depth}"]
        loss = torch.nn.functional.cross_entropy(logits, y)
        adam.zero_grad()
        loss.backward()
        adam.step()
    worst = (loop.losses.double() / loss.detach() - 1).abs().max().item()
    for name, value in expected.items():
        value = value.detach()
        scale = value.abs().max().clamp_min(1e-30)
        worst = max(worst, ((loop.parameters[name].double() - value).abs().max() / scale).item())
    return worst


def measured_row(torch, options, hidden, mode):
    shapes = layer_shapes(hidden, options.inputs, options.classes, options.depth)
    stack = None
    if mode == "stacked":
        stack = min(options.stack, affordable(torch, options, shapes))
    row = {"mode": mode, "hidden_size": hidden, "stack": stack or 1}
    try:
        loop = Loop(torch, options, hidden, stack)
        error = largest_error(torch, options, loop, hidden)
        if error is not None and not math.isfinite(error):
            raise RuntimeError("the parameters are not numbers")
        row["largest_error"] = error
        row["cuda_graph"] = False
        if options.device == "cuda":
            try:
                loop.capture()
                row["cuda_graph"] = True
            except RuntimeError as error:
                row["notice"] = f"no CUDA graph: {first_line(error)}"
                loop = Loop(torch, options, hidden, stack)
        for _ in range(3):
            loop()
        times = [seconds_per_call(torch, options, loop, options.seconds / ROUNDS) for _ in range(ROUNDS)]
        if not torch.isfinite(loop.losses).all():
            raise RuntimeError("the losses are not numbers")
        rates = sorted((stack or 1) / seconds for seconds in times)
        row["trial_steps_per_second"] = {"median": statistics.median(rates), "lowest": rates[0], "highest": rates[-1]}
    except Exception as error:  # one row that fails, for want of memory say, is not the end of the others
        row["error"] = first_line(error)
    finally:
        loop = None  # its memory is for the next row
        if options.device == "cuda":
            torch.cuda.empty_cache()
        torch._dynamo.reset()
    return row


def affordable(torch, options, shapes):
    """Trials whose state, gradients and activations fit the memory of the card together."""
    if options.device != "cuda":
        return options.stack
    free, _ = torch.cuda.mem_get_info()
    activations = options.batch * sum(columns for _, columns in shapes)
    return max(1, int(MEMORY_SHARE * free / (4 * (6 * parameter_count(shapes) + 8 * activations))))


def copy_rate(torch, options):
    """Bytes read and written in a second by copying within the memory."""
    size = 2**31 if options.device == "cuda" else 2**26
    source = torch.ones(size // 4, device=options.device)
    target = torch.empty_like(source)
    target.copy_(source)
    times = [seconds_per_call(torch, options, lambda: target.copy_(source), 0.3) for _ in range(ROUNDS)]
    return 2 * size / statistics.median(times)


def matrix_rate(torch, options, dtype, tf32):
    """Floating-point operations in a second of a large product of random matrices."""
    side = 8192 if options.device == "cuda" else 1024
    allow_tf32(torch, options, tf32)
    a = torch.randn(side, side, device=options.device, dtype=dtype)
    b = torch.randn(side, side, device=options.device, dtype=dtype)
    torch.mm(a, b)
    times = [seconds_per_call(torch, options, lambda: torch.mm(a, b), 0.3) for _ in range(ROUNDS)]
    return 2 * side**3 / statistics.median(times)


def allow_tf32(torch, options, allowed):
    torch.set_float32_matmul_precision("high" if allowed and options.device == "cuda" else "highest")


def first_line(error):
    return f"{type(error).__name__}: {str(error).strip()}".split("\n")[0]


def main():
    options = arguments()
    try:
        import torch
    except ImportError as error:
        sys.exit(f"pytorch_baseline: this Python has no PyTorch ({error}); install it with: pip install torch")
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("pytorch_baseline: PyTorch finds no CUDA GPU here; --device cpu measures on the processor")

    def say(text):
        print(text, file=sys.stderr, flush=True)

    say("measuring the device")
    matrix = {"float32": matrix_rate(torch, options, torch.float32, False)}
    if options.device == "cuda":
        matrix["tf32"] = matrix_rate(torch, options, torch.float32, True)
        matrix["bfloat16"] = matrix_rate(torch, options, torch.bfloat16, True)
    result = {
        "format": 1,
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if options.device == "cuda" else "processor",
        "compiled": not options.eager,
        "copy_bytes_per_second": copy_rate(torch, options),
        "matrix_flops_per_second": matrix,
        "problem": {name: getattr(options, name) for name in ("inputs", "classes", "batch", "depth")},
        "rows": [],
    }
    allow_tf32(torch, options, True)
    for hidden in options.sizes:
        for mode in ("compiled", "stacked"):
            say(f"measuring hidden size {hidden}, {mode}")
            result["rows"].append(measured_row(torch, options, hidden, mode))
    json.dump(result, sys.stdout, indent=2, allow_nan=False)
    print()


if __name__ == "__main__":
    main()
