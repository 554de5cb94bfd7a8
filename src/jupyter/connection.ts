import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { KernelError } from '../errors';

/** A Jupyter connection file: the addresses of a kernel's five sockets, and the key that signs messages. */
export interface Connection {
  transport: string;
  ip: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
  key: string;
  signature_scheme: string;
  kernel_name?: string;
}

export const PORTS = ['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port'] as const;

/** The address of one socket, as ZeroMQ writes it. */
export function address(connection: Connection, port: (typeof PORTS)[number]): string {
  const separator = connection.transport === 'ipc' ? '-' : ':';
  return `${connection.transport}://${connection.ip}${separator}${connection[port]}`;
}

/** A connection on this machine's loopback with five ports that are free now and a fresh key. */
export async function newConnection(kernelName: string): Promise<Connection> {
  // All five are open at the same time; otherwise the system may assign one port twice.
  const servers = await Promise.all(PORTS.map(listenAnywhere));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return {
    transport: 'tcp',
    ip: '127.0.0.1',
    ...(Object.fromEntries(PORTS.map((name, i) => [name, ports[i]])) as Record<
      (typeof PORTS)[number],
      number
    >),
    key: randomBytes(32).toString('hex'),
    signature_scheme: 'hmac-sha256',
    kernel_name: kernelName,
  };
}

function listenAnywhere() {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** @throws {KernelError} when the file is missing or is not a connection file */
export function readConnection(path: string): Connection {
  let connection: Connection;
  try {
    connection = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new KernelError(`Cannot read the connection file ${path}: ${(error as Error).message}.`);
  }
  const missing = ['transport', 'ip', 'key', ...PORTS].filter((name) => !(name in connection));
  if (missing.length) {
    throw new KernelError(`Cannot use the connection file ${path}: it lacks ${missing.join(', ')}.`);
  }
  if (connection.signature_scheme !== undefined && connection.signature_scheme !== 'hmac-sha256') {
    throw new KernelError(
      `Cannot use the connection file ${path}: its signature scheme is ${connection.signature_scheme}. Use hmac-sha256.`,
    );
  }
  return connection;
}
