import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  OF_STATIONS,
  StationParam,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { SecurityProfileUpgrades } from '../security-profile-upgrades';
import { TypeormUpgrades } from '../store/typeorm-upgrades';
import { startUpgradeSchema, upgradeList, upgradeSchema, upgradeView } from './security-profile-upgrade';

type UpgradeView = z.output<typeof upgradeSchema>;

/** Higher security profiles for stations. */
@Controller('v1')
export class SecurityProfileUpgradesController {
  constructor(
    private readonly upgrades: SecurityProfileUpgrades,
    private readonly store: TypeormUpgrades,
  ) {}

  @Post('stations/:station/security-profile-upgrade')
  @HttpCode(202)
  @Needs('stations:write', OF_STATION)
  @Audited({})
  @ApiOperation({ operationId: 'startSecurityProfileUpgrade', summary: 'Raise the security profile of a station' })
  @ApiZodBody(startUpgradeSchema)
  @ApiZodResponse(202, upgradeSchema, 'It begins as soon as the station is connected')
  async start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(startUpgradeSchema)) { target, ...network }: z.output<typeof startUpgradeSchema>,
  ): Promise<UpgradeView> {
    return upgradeView({ station, ...(await this.upgrades.start({ tenant, station }, { target, network, actor })) });
  }

  @Get('stations/:station/security-profile-upgrade')
  @Needs('stations:read', OF_STATION)
  @ApiOperation({ operationId: 'getSecurityProfileUpgrade', summary: 'How far the latest raise of the security profile of a station is' })
  @ApiZodResponse(200, upgradeSchema)
  async one(@Tenant() tenant: string, @StationParam() station: string): Promise<UpgradeView> {
    const upgrade = await this.upgrades.find({ tenant, station });
    if (upgrade === null) throw new CsmsError('not-found', 'the security profile of that station was never raised here');
    return upgradeView({ station, ...upgrade });
  }

  /** A station that may have the new profile is taken back. */
  @Delete('stations/:station/security-profile-upgrade')
  @HttpCode(200)
  @Needs('stations:write', OF_STATION)
  @Audited({})
  @ApiOperation({ operationId: 'cancelSecurityProfileUpgrade', summary: 'Give up the raise of the security profile of a station' })
  @ApiZodResponse(200, upgradeSchema, 'It is over, or the station is being taken back')
  async cancel(@Tenant() tenant: string, @StationParam() station: string): Promise<UpgradeView> {
    return upgradeView({ station, ...(await this.upgrades.cancel({ tenant, station })) });
  }

  @Get('security-profile-upgrades')
  @Needs('stations:read', OF_STATIONS)
  @ApiList(upgradeList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(upgradeList.query)) query: z.output<typeof upgradeList.query>,
  ): Promise<ListPage<UpgradeView>> {
    return upgradeList.page(
      query,
      shownAs(this.store.list(tenant), (rows) => rows.map(upgradeView)),
    );
  }
}
