"""One execution of a task: model, arguments and results as named tensors."""

import hashlib
import inspect
import random
import sys

import torch
from torch.utils import _pytree as pytree

from errors import TaskError, from_exception

DTYPES = {
    torch.float32: "float32", torch.float16: "float16", torch.bfloat16: "bfloat16", torch.float64: "float64",
    torch.int64: "int64", torch.int32: "int32", torch.int16: "int16", torch.int8: "int8", torch.uint8: "uint8", torch.bool: "bool",
}
CONSTRUCTOR, INPUTS, FORWARD = 0, 1, 2


def seed_all(seed, phase):
    """Seeds every generator. Phases differ, so that parameters and inputs are not the same draw."""
    mixed = int.from_bytes(hashlib.sha256(f"{seed}/{phase}".encode()).digest()[:8], "little") >> 1
    torch.manual_seed(mixed)
    random.seed(mixed)
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(mixed & 0xFFFFFFFF)


class Arguments:
    """Arguments of forward: a tree whose tensors are named leaves, and the rest (scalars) by parameter name."""

    def __init__(self, model, given):
        positional, keywords = _positional(given)
        try:
            bound = inspect.signature(model.forward).bind(*positional, **keywords)
        except TypeError as error:
            raise TaskError(f"get_inputs() does not fit forward{inspect.signature(model.forward)}: {error}") from error
        self.positional, self.keywords = bound.args, bound.kwargs
        values = {}
        for name, value in bound.arguments.items():
            kind = bound.signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_POSITIONAL:
                values.update({f"{name}{i}": v for i, v in enumerate(value)})
            elif kind is inspect.Parameter.VAR_KEYWORD:
                values.update(value)
            else:
                values[name] = value
        self.tensors, self.scalars, self.notes = {}, {}, []
        self._names = {}
        for name, value in values.items():
            self._take(name, value)

    def _take(self, name, value):
        if isinstance(value, torch.Tensor):
            check_tensor(value, f"input '{name}'")
            if id(value) in self._names:
                self.notes.append(f"inputs '{self._names[id(value)]}' and '{name}' are one tensor; the kernel is given two copies")
            self._names.setdefault(id(value), name)
            self.tensors[name] = value
        elif isinstance(value, (list, tuple)) and any(isinstance(v, torch.Tensor) for v in pytree.tree_leaves(value)):
            for index, element in enumerate(value):
                self._take(f"{name}{index}", element)
        elif plain(value):
            self.scalars[name] = to_plain(value)
        elif isinstance(value, dict):
            raise TaskError(f"input '{name}' is a dict; inputs are tensors, numbers, strings, None, and lists or tuples of these")
        else:
            raise TaskError(f"input '{name}' is {type(value).__name__}; inputs are tensors, numbers, strings, None, and lists or tuples of these")

    def contiguous_notes(self):
        return [f"input '{n}' is not contiguous (strides {list(t.stride())}): kernel and baseline are given a contiguous copy"
                for n, t in self.tensors.items() if not t.is_contiguous()]

    def with_tensors(self, replace):
        """Positional and keyword arguments with each tensor replaced: ``replace(name, tensor)``, once a name."""
        order = iter(self.tensors.items())
        made = {}

        def swap(value):
            if not isinstance(value, torch.Tensor):
                return value
            name, tensor = next(order)
            made[name] = replace(name, tensor)
            return made[name]

        # bind() keeps declaration order in arguments, args and kwargs alike, so leaves come in the order of self.tensors.
        positional = [pytree.tree_map(swap, v) for v in self.positional]
        keywords = {k: pytree.tree_map(swap, v) for k, v in self.keywords.items()}
        return positional, keywords, made


def _positional(given):
    if isinstance(given, dict):
        return [], given
    if isinstance(given, (list, tuple)):
        return list(given), {}
    raise TaskError(f"get_inputs() returned {type(given).__name__}; expected a list of forward's arguments")


def plain(value):
    if value is None or isinstance(value, (bool, int, float, str, torch.Size)):
        return True
    return isinstance(value, (list, tuple)) and all(plain(v) for v in value)


def to_plain(value):
    if isinstance(value, (list, tuple)):
        return [to_plain(v) for v in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def check_tensor(tensor, what):
    """A clear error for tensors that a kernel cannot be given."""
    problem = None
    if tensor.layout is not torch.strided:
        problem = f"has layout {str(tensor.layout).removeprefix('torch.')}; only dense (strided) tensors are supported"
    elif getattr(tensor, "is_nested", False):
        problem = "is a nested tensor; only dense (strided) tensors are supported"
    elif tensor.is_quantized:
        problem = "is quantised; pass its integers and its scale as plain tensors"
    elif tensor.is_complex():
        problem = f"is {str(tensor.dtype).removeprefix('torch.')}; complex tensors are not supported: use torch.view_as_real"
    elif tensor.dtype not in DTYPES:
        problem = f"is {str(tensor.dtype).removeprefix('torch.')}; supported: {', '.join(DTYPES.values())}"
    if problem:
        raise TaskError(f"{what} {problem}")


def build_model(module, seed):
    """The model and its constructor arguments by name (defaulted ones too), in train mode as the published harnesses have it."""
    try:
        seed_all(seed, CONSTRUCTOR)
        given = module.get_init_inputs() if callable(getattr(module, "get_init_inputs", None)) else []
        seed_all(seed, CONSTRUCTOR)
        if given is None:
            given = []
        if isinstance(given, dict):
            positional, keywords = [], given
        elif isinstance(given, (list, tuple)):
            positional, keywords = list(given), {}
        else:
            raise TaskError(f"get_init_inputs() returned {type(given).__name__}; expected a list of Model's constructor arguments")
        model = module.Model(*positional, **keywords)
    except BaseException as error:
        raise from_exception(error, "the model could not be made").within(getattr(module, "get_init_inputs", None)) from error
    if not isinstance(model, torch.nn.Module):
        raise TaskError("Model is not a torch.nn.Module")
    return model, _constructor_arguments(module.Model, positional, keywords)


def _constructor_arguments(model_class, positional, keywords):
    found = {}
    try:
        bound = inspect.signature(model_class).bind(*positional, **keywords)
        bound.apply_defaults()
    except (TypeError, ValueError):
        return found
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            pairs = [(f"{name}{i}", v) for i, v in enumerate(value)]
        else:
            pairs = value.items() if kind is inspect.Parameter.VAR_KEYWORD else [(name, value)]
        found.update({k: to_plain(v) for k, v in pairs if plain(v)})
    return found


def draw_arguments(module, model, seed):
    try:
        seed_all(seed, INPUTS)
        given = module.get_inputs()
        return Arguments(model, given)
    except BaseException as error:
        raise from_exception(error, "get_inputs() failed").within(module.get_inputs) from error


def run_forward(model, positional, keywords, seed):
    try:
        seed_all(seed, FORWARD)
        with torch.no_grad():
            return model(*positional, **keywords)
    except BaseException as error:
        if type(error).__name__ == "TooSlow":
            raise
        raise from_exception(error, "forward failed") from error


def state_tensors(model):
    """Parameters, buffers and plain tensor attributes by name: (role, tensor). A tensor under two names is given once."""
    found, seen = {}, set()
    for name, tensor in model.named_parameters(remove_duplicate=True):
        check_tensor(tensor, f"parameter '{name}'")
        found[name] = ("parameter", tensor.detach())
        seen.add(id(tensor))
    for name, tensor in model.named_buffers(remove_duplicate=True):
        check_tensor(tensor, f"buffer '{name}'")
        found[name] = ("buffer", tensor.detach())
        seen.add(id(tensor))
    for path, tensor, _ in plain_attributes(model):
        if id(tensor) not in seen and path not in found:
            check_tensor(tensor, f"tensor attribute '{path}'")
            found[path] = ("buffer", tensor.detach())
            seen.add(id(tensor))
    return found


SKIPPED_ATTRIBUTES = {"_parameters", "_buffers", "_modules", "_flat_weights", "_flat_weight_refs"}


def plain_attributes(model, kinds=(torch.Tensor,)):
    """Values of the given kinds kept as plain attributes: (path, value, put), where put(x) replaces it. Lists, tuples and dicts are entered."""

    def walk(path, value, put):
        if isinstance(value, kinds):
            yield path, value, put
        elif isinstance(value, list):
            for i, v in enumerate(value):
                yield from walk(f"{path}{i}", v, lambda new, c=value, k=i: c.__setitem__(k, new))
        elif isinstance(value, dict):
            for k, v in list(value.items()):
                yield from walk(f"{path}.{k}", v, lambda new, c=value, k=k: c.__setitem__(k, new))
        elif type(value) is tuple:
            for i, v in enumerate(value):
                def replace(new, c=value, k=i, put=put):
                    put(c[:k] + (new,) + c[k + 1:])
                yield from walk(f"{path}{i}", v, replace)

    for prefix, module in model.named_modules():
        for name, value in list(module.__dict__.items()):
            if name not in SKIPPED_ATTRIBUTES:
                path = f"{prefix}.{name}" if prefix else name
                yield from walk(path, value, lambda new, d=module.__dict__, k=name: d.__setitem__(k, new))


def flatten_outputs(model, result):
    """Results of forward, depth first, None left out; Python numbers become 0-dim tensors. Named out, or out0, out1, …"""
    leaves = []

    def walk(value):
        if value is None:
            return
        if isinstance(value, torch.Tensor):
            leaves.append(value)
        elif isinstance(value, bool):
            leaves.append(torch.tensor(value))
        elif isinstance(value, int):
            leaves.append(torch.tensor(value, dtype=torch.int64))
        elif isinstance(value, float):
            leaves.append(torch.tensor(value, dtype=torch.get_default_dtype()))
        elif isinstance(value, (list, tuple)):
            for element in value:
                walk(element)
        elif isinstance(value, dict):
            for element in value.values():
                walk(element)
        elif hasattr(value, "__dataclass_fields__"):
            for field in value.__dataclass_fields__:
                walk(getattr(value, field))
        else:
            raise TaskError(f"forward returned {type(value).__name__}; outputs are tensors and numbers, in tuples, lists or dicts")

    try:
        walk(result)
        if not leaves:
            raise TaskError(f"forward returned no tensor but {type(result).__name__}; expected a tensor, or tensors and numbers in tuples, lists or dicts")
        for index, leaf in enumerate(leaves):
            check_tensor(leaf, "the output" if len(leaves) == 1 else f"output {index}")
    except TaskError as error:
        raise error.within(type(model).forward) from None
    if len(leaves) == 1:
        return {"out": leaves[0].detach()}
    return {f"out{i}": leaf.detach() for i, leaf in enumerate(leaves)}


def tensor_names(arguments, state):
    """Names of a plan: an input keeps its name; state under the same name is given as ``self.NAME``."""
    taken = set(arguments.tensors) | set(arguments.scalars)
    return {name: (f"self.{name}" if name in taken else name) for name in state}


class Execution:
    """What one forward took and gave: tensors before, tensors after, outputs, and what was written to."""

    def __init__(self, model, arguments, seed, transform=None, convert=None, mode=None):
        self.state = state_tensors(model)
        names = tensor_names(arguments, self.state)
        transform = transform or (lambda name, tensor: tensor)

        def given(name, tensor):
            tensor = transform(name, tensor.detach().clone(memory_format=torch.contiguous_format))
            return convert(tensor) if convert else tensor

        positional, keywords, self.inputs = arguments.with_tensors(given)
        self.live = {**self.inputs, **{names[n]: t for n, (_, t) in self.state.items()}}
        self.roles = {**dict.fromkeys(self.inputs, "input"), **{names[n]: role for n, (role, _) in self.state.items()}}
        self.before = {name: tensor.clone(memory_format=torch.contiguous_format) for name, tensor in self.live.items()}
        versions = {name: tensor._version for name, tensor in self.live.items()}
        if mode is None:
            result = run_forward(model, positional, keywords, seed)
        else:
            with mode:
                result = run_forward(model, positional, keywords, seed)
        self.outputs = flatten_outputs(model, result)
        # A plain attribute may have been replaced rather than written to; a buffer too.
        after = {names[n]: t for n, (_, t) in state_tensors(model).items() if n in names}
        self.after = {name: after.get(name, tensor) for name, tensor in self.live.items()}
        self.written = {name for name, tensor in self.live.items()
                        if tensor._version != versions[name] or not _same_storage(self.after[name], tensor) or not same_bits(self.before[name], tensor)}
        self.aliases = {name: self._alias(tensor) for name, tensor in self.outputs.items()}

    def _alias(self, output):
        """The input or state that an output is: the same storage from its start, every element in order."""
        for name, tensor in self.after.items():
            if (tensor.numel() == output.numel() and tensor.numel() > 0 and tensor.dtype == output.dtype and output.is_contiguous()
                    and tensor.is_contiguous() and tensor.data_ptr() == output.data_ptr() and tensor.data_ptr() != 0):
                return name
        return None


def same_bits(a, b):
    """Whether two tensors hold the same bytes: batch norm writes its running statistics behind the version counter's back."""
    return torch.equal(a.reshape(-1).view(torch.uint8), b.contiguous().reshape(-1).view(torch.uint8))


def _same_storage(a, b):
    return a.untyped_storage()._cdata == b.untyped_storage()._cdata
