/** A kernel that answers kernel_info only, one request after another, each after 60 ms: for client.test.ts. */
import { readConnection } from '../../src/jupyter/connection';
import { bindKernel } from '../../src/jupyter/sockets';
import { type Content, decode, encode, type Message, newHeader } from '../../src/jupyter/wire';

async function serve(file: string): Promise<void> {
  const connection = readConnection(file);
  const { shell, control, iopub } = await bindKernel(connection);
  const message = (type: string, { header, identities }: Message, content: Content) =>
    encode(
      {
        identities: type === 'status' ? [Buffer.from(type)] : identities,
        header: newHeader(type, 'slow'),
        parent: header,
        metadata: {},
        content,
        buffers: [],
      },
      connection.key,
    );
  void (async () => {
    for await (const _ of control) process.exit();
  })();
  for await (const frames of shell) {
    const asked = decode(frames, connection.key)!;
    await new Promise((resolve) => setTimeout(resolve, 60));
    await shell.send(message('kernel_info_reply', asked, { status: 'ok', implementation: 'slow' }));
    await iopub.send(message('status', asked, { execution_state: 'idle' }));
  }
}

void serve(process.argv[2]!);
