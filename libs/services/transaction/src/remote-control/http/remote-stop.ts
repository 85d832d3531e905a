import { z } from 'zod';

/** `GET /v1/remote-stops/{command}`. */
export const remoteStopViewSchema = z
  .object({
    command: z.uuid().describe('The command that carries it'),
    station: z.string(),
    transaction: z.uuid(),
    askedAt: z.iso.datetime().describe('When it was asked for'),
    state: z
      .enum(['waiting', 'stopped', 'refused', 'no-end'])
      .describe('`no-end`: the transaction had not ended within five minutes; a station that was offline may still tell of it'),
    refusal: z.string().nullable().describe("The station's status, or how the command ended instead"),
    endedAt: z.iso.datetime().nullable().describe('When the transaction ended, whatever brought it about'),
  })
  .meta({ id: 'RemoteStop', description: 'What became of a remote stop' });
export type RemoteStopView = z.output<typeof remoteStopViewSchema>;
