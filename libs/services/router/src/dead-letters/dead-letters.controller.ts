import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import {
  AdminOnly,
  ApiZodList,
  ApiZodResponse,
  Tenant,
  isUuid,
  pageQueryOf,
  readPage,
  timeAndId,
  zodQuery,
  type Page,
  type Slice,
} from '@voltbus/http';
import { z } from 'zod';
import { DeadLetters } from './dead-letters';
import { deadLetterSchema, shown, type ShownDeadLetter } from './shown-dead-letter';
import { TypeormDeadLetters } from './typeorm-dead-letters';

const listQuerySchema = pageQueryOf(timeAndId);

/** Records that could not be handled, with the cause. */
@Controller('v1/dead-letters')
@AdminOnly()
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly store: TypeormDeadLetters,
  ) {}

  @Get()
  @ApiZodList(listQuerySchema, deadLetterSchema)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(listQuerySchema)) query: z.output<typeof listQuerySchema>,
  ): Promise<Page<ShownDeadLetter>> {
    const read = async (slice: Slice<[string, string]>) => (await this.store.page(tenant, slice)).map(shown);
    return readPage(query, read, ({ diedAt, id }) => [diedAt, id]);
  }

  @Get(':id')
  @ApiZodResponse(200, deadLetterSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ShownDeadLetter> {
    const letter = isUuid(id) ? await this.store.find(tenant, id) : null;
    if (letter === null) throw new CsmsError('not-found', 'no such dead letter');
    return shown(letter);
  }

  @Post(':id/replay')
  @ApiOperation({ summary: 'Publish a dead letter again to its original topic' })
  @HttpCode(202)
  @ApiZodResponse(202, deadLetterSchema, 'It was published again to its original topic')
  async replay(@Tenant() tenant: string, @Param('id') id: string): Promise<ShownDeadLetter> {
    if (!isUuid(id)) throw new CsmsError('not-found', 'no such dead letter');
    return shown(await this.deadLetters.replay(tenant, id));
  }
}
