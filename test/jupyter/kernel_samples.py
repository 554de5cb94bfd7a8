"""jupyter_kernel_test, whole, with TypeScript samples; the kernel's name comes from KERNEL."""

import os
import unittest

import jupyter_kernel_test


class KernelSamples(jupyter_kernel_test.KernelTests):
    kernel_name = os.environ["KERNEL"]
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    code_generate_error = "throw new Error('boom')"
    code_inspect_sample = "Math.max"
    code_clear_output = "clearOutput()"
    completion_samples = [
        {"text": "const abcdef = 1; abcd", "matches": {"abcdef"}},
        {"text": "process.argv0", "matches": {"argv0"}},
    ]
    complete_code_samples = ["1 + 1", "const a = `x`;", "function f() { return 1; }", "await (x)"]
    incomplete_code_samples = ["function f() {", "const a = `x", "/* never", "f(1,", "[1, 2"]
    invalid_code_samples = ["const = 3", "let 1a = 2", "if (]) {", "f(1))"]
    code_execute_result = [
        {"code": "1 + 41", "result": "42"},
        {"code": "1 + 2", "result": "3"},
        {"code": "'a' + 'b'", "result": "'ab'"},
    ]
    code_display_data = [
        {
            "code": "import * as tslab from 'tslab'; tslab.display.png(Buffer.from('aGk=', 'base64'))",
            "mime": "image/png",
        }
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "1 + 4?"


if __name__ == "__main__":
    unittest.main()
