"""SkyRL's Tinker server on a CPU, without uv, torch, peft and the vendor's SDK.

    python serve.py MODEL WORK PORT [SETTINGS]

It listens on 127.0.0.1, keeps its database and checkpoints below WORK, and takes settings of the backend as JSON. With
END_WITH_STDIN=1 it ends, engine and all, once its standard input is closed: so nothing survives whoever started it.

The package starts its engine by the words of `uv run`, and imports torch (for images), peft (for one configuration
class) and tinker (for protobuf bodies), which JSON clients never reach. What stands in for them is below.
"""

import importlib.machinery
import json
import os
import runpy
import sys
import threading
import types
import typing
from unittest.mock import MagicMock

import typing_extensions

typing.TypedDict = typing_extensions.TypedDict  # pydantic refuses the other one before Python 3.12
import transformers.utils.import_utils  # noqa: E402,F401  it looks for torch now, before something stands in


def stand_in(name):
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    sys.modules[name] = module
    return module


class LoraConfig:
    """What writes adapter_config.json."""

    def __init__(self, **settings):
        self.settings = settings

    def save_pretrained(self, folder):
        with open(os.path.join(str(folder), "adapter_config.json"), "w") as file:
            json.dump({"peft_type": "LORA", **self.settings}, file)


stand_in("tinker")
proto = stand_in("tinker.proto")
proto.tinker_public_pb2 = sys.modules["tinker.proto.tinker_public_pb2"] = MagicMock()
stand_in("torch").Tensor = type("Tensor", (), {})
stand_in("peft").LoraConfig = LoraConfig


def end_with_stdin():
    if os.environ.get("END_WITH_STDIN") != "1":
        return

    def watch():
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def engine():
    sys.argv = sys.argv[1:]
    runpy.run_module("skyrl.tinker.engine", run_name="__main__")


def api():
    import uvicorn
    from skyrl.tinker import api
    from skyrl.tinker.config import EngineConfig, config_to_argv

    model, work, port, settings = [*sys.argv[1:], "{}"][:4]
    api._build_uv_run_cmd_engine = lambda parent, config: [
        sys.executable, os.path.abspath(__file__), "engine", *config_to_argv(config)
    ]
    api.app.state.engine_config = EngineConfig.model_validate(
        {
            "base_model": model,
            "backend": "jax",
            "checkpoints_base": os.path.join(work, "checkpoints"),
            "database_url": f"sqlite:///{os.path.join(work, 'tinker.db')}",
            "backend_config": json.loads(settings),
        }
    )
    uvicorn.run(api.app, host="127.0.0.1", port=int(port), access_log=False)


if __name__ == "__main__":
    end_with_stdin()
    engine() if sys.argv[1] == "engine" else api()
