import React from 'react';
import type { AdminClient } from '../../admin-client.ts';
import { AllowList } from './allow-list.tsx';
import { Checks } from './checks.tsx';
import { Overview } from './overview.tsx';
import { Users } from './users.tsx';

/** The custom setting in System Console → Plugins → Microsoft Teams. */
export function createAdminConsole(client: AdminClient) {
  return function AdminConsole() {
    return (
      <div className="msteams-admin" data-testid="msteams-admin">
        <Checks client={client} />
        <Overview client={client} />
        <Users client={client} />
        <AllowList client={client} />
      </div>
    );
  };
}
