import type { Message } from '../jupyter/wire';
import { type Bundle, type ErrorOutput, linesOf, type Output, textOf } from './nbformat';

/**
 * Collects what a kernel publishes while a cell runs as the outputs nbformat stores: streams of one name
 * are joined, `update_display_data` changes earlier outputs, and `clear_output(wait)` clears with the next output.
 */
export class OutputCollector {
  readonly outputs: Output[] = [];
  private clearNext = false;

  /** @param displays the outputs of the whole notebook by display id, so that a later cell can update them */
  constructor(private readonly displays: Map<string, Output[]>) {}

  add({ header, content }: Message): void {
    switch (header.msg_type) {
      case 'stream':
        this.stream(String(content['name']), String(content['text']));
        break;
      case 'display_data':
      case 'execute_result':
        this.display(header.msg_type, content);
        break;
      case 'update_display_data':
        this.update(content);
        break;
      case 'error':
        this.push({
          output_type: 'error',
          ename: String(content['ename'] ?? 'Error'),
          evalue: String(content['evalue'] ?? ''),
          traceback: ((content['traceback'] as string[]) ?? []).map(String),
        });
        break;
      case 'clear_output':
        if (content['wait']) this.clearNext = true;
        else this.outputs.length = 0;
    }
  }

  /** The error among the outputs, if any. */
  get error(): ErrorOutput | undefined {
    return this.outputs.find((output): output is ErrorOutput => output.output_type === 'error');
  }

  private push(output: Output) {
    if (this.clearNext) this.outputs.length = 0;
    this.clearNext = false;
    this.outputs.push(output);
  }

  private stream(name: string, text: string) {
    const last = this.outputs.at(-1);
    if (!this.clearNext && last?.output_type === 'stream' && last.name === name) {
      last.text = linesOf(textOf(last.text) + text);
    } else {
      this.push({ output_type: 'stream', name, text: linesOf(text) });
    }
  }

  private display(type: 'display_data' | 'execute_result', content: Record<string, unknown>) {
    const data = storable(content['data'] as Bundle);
    const metadata = (content['metadata'] as Record<string, unknown>) ?? {};
    const output: Output =
      type === 'display_data'
        ? { output_type: type, data, metadata }
        : {
            output_type: type,
            execution_count: (content['execution_count'] as number) ?? null,
            data,
            metadata,
          };
    this.push(output);
    const id = displayId(content);
    if (id) this.displays.set(id, [...(this.displays.get(id) ?? []), output]);
  }

  private update(content: Record<string, unknown>) {
    for (const output of this.displays.get(displayId(content) ?? '') ?? []) {
      Object.assign(output, {
        data: storable(content['data'] as Bundle),
        metadata: (content['metadata'] as Record<string, unknown>) ?? {},
      });
    }
  }
}

function displayId(content: Record<string, unknown>): string | undefined {
  return (content['transient'] as { display_id?: string } | undefined)?.display_id;
}

/** Text is stored as lines; JSON (vega-lite, geojson …) and pictures as they are. */
function storable(data: Bundle | undefined): Bundle {
  return Object.fromEntries(
    Object.entries(data ?? {}).map(([type, value]) => [
      type,
      typeof value === 'string' && (type.startsWith('text/') || type === 'image/svg+xml')
        ? linesOf(value)
        : value,
    ]),
  );
}
