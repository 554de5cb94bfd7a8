import type { Redis } from 'ioredis';
import { AtlasError } from '../../errors';

/** The name of the queue; BullMQ's dashboards show it so. */
export const QUEUE = 'convlens-atlas';

/** What a job says: the folder that all workers see, and which shard. */
export interface ShardJob {
  readonly out: string;
  readonly shard: number;
}

interface Libraries {
  bullmq: typeof import('bullmq');
  ioredis: { Redis: typeof import('ioredis').Redis };
}

const load = async (): Promise<Libraries> => ({
  bullmq: await import('bullmq'),
  ioredis: await import('ioredis'),
});

/**
 * BullMQ and ioredis, which are installed by those who use a queue.
 *
 * @throws {AtlasError} where they are not
 */
export async function queueLibraries(libraries: () => Promise<Libraries> = load): Promise<Libraries> {
  try {
    return await libraries();
  } catch (cause) {
    throw new AtlasError('Cannot use a queue: BullMQ is not installed. Run: npm install bullmq ioredis', {
      cause,
    });
  }
}

/**
 * Connects to Redis or Valkey.
 *
 * @param url such as redis://host:6379
 * @throws {AtlasError} when it does not answer
 */
export async function connect(url: string): Promise<Redis> {
  const { ioredis } = await queueLibraries();
  const trial = new ioredis.Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // What it says is thrown below.
  trial.on('error', () => {});
  try {
    await trial.connect();
    await trial.ping();
  } catch (cause) {
    throw new AtlasError(
      `Cannot use the queue at ${withoutPassword(url)}: ${(cause as Error).message || 'nothing answers there'}. Start Redis or Valkey there, and check the address.`,
      { cause },
    );
  } finally {
    trial.disconnect();
  }
  // BullMQ's workers wait for as long as a connection is lost.
  const connection = new ioredis.Redis(url, { maxRetriesPerRequest: null });
  connection.on('error', () => {});
  return connection;
}

const withoutPassword = (url: string) => url.replace(/\/\/[^@/]*@/, '//');
