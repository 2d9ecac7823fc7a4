import { makeId } from '../api.ts';
import type { PluginComponent } from '../types.ts';
import type { PluginHost } from './context.ts';
import { reArg } from './re-arg.ts';
import { rhsActions } from './rhs-actions.ts';

type Named = Record<string, unknown>;

/** Puts a registration into a slot and answers its id. */
export type Place = (slot: string, fields: Named) => string;

/** Makes the function with which one plugin fills slots. */
export function placer(pluginId: string, host: PluginHost): Place {
  return (slot, fields) => {
    const id = makeId();
    const data = { ...fields, id, pluginId } as PluginComponent;
    host.store.dispatch({ type: 'RECEIVED_PLUGIN_COMPONENT', name: slot, data });
    return id;
  };
}

const PLAIN_SLOTS = {
  registerRootComponent: 'Root',
  registerGlobalComponent: 'Global',
  registerPopoverUserAttributesComponent: 'PopoverUserAttributes',
  registerPopoverUserActionsComponent: 'PopoverUserActions',
  registerLeftSidebarHeaderComponent: 'LeftSidebarHeader',
  registerBottomTeamSidebarComponent: 'BottomTeamSidebar',
  registerPostMessageAttachmentComponent: 'PostMessageAttachment',
  registerLinkTooltipComponent: 'LinkTooltip',
  registerChannelHeaderIconComponent: 'ChannelHeaderIcon',
} as const;

type PlainMethod = keyof typeof PLAIN_SLOTS;

function plainMethods(place: Place) {
  const entries = Object.entries(PLAIN_SLOTS).map(([method, slot]) => [
    method,
    reArg(['component'], ({ component }) => place(slot, { component })),
  ]);
  return Object.fromEntries(entries) as Record<PlainMethod, (...given: unknown[]) => string>;
}

function registerRhs(place: Place, host: PluginHost, { component, title }: Named) {
  const id = place('RightHandSidebarComponent', { component, title });
  return { id, ...rhsActions(host.store, id) };
}

function appBarMethod(place: Place, host: PluginHost) {
  const names = ['iconUrl', 'action', 'tooltipText', 'supportedProductIds', 'rhsComponent', 'rhsTitle'];
  return reArg(names, ({ iconUrl, action, tooltipText, supportedProductIds, rhsComponent, rhsTitle }) => {
    const rhs = rhsComponent ? registerRhs(place, host, { component: rhsComponent, title: rhsTitle }) : null;
    const press = rhs === null ? action : () => host.store.dispatch(rhs.toggleRHSPlugin);
    const fields = { iconUrl, action: press, tooltipText, supportedProductIds: supportedProductIds ?? null };
    const id = place('AppBar', { ...fields, rhsComponentId: rhs?.id ?? '' });
    return rhs === null ? id : { id, rhsComponent: rhs };
  });
}

function postTypeMethod(pluginId: string, host: PluginHost, type: string) {
  return reArg(['type', 'component'], (named) => {
    const id = makeId();
    host.store.dispatch({ type, data: { id, pluginId, ...named } });
    return id;
  });
}

/** The registry methods that place components, buttons and menu entries. */
export function componentMethods(pluginId: string, host: PluginHost) {
  const place = placer(pluginId, host);
  return {
    ...plainMethods(place),
    registerRightHandSidebarComponent: reArg(['component', 'title'], (named) => registerRhs(place, host, named)),
    registerAppBarComponent: appBarMethod(place, host),
    registerChannelHeaderButtonAction: reArg(['icon', 'action', 'dropdownText', 'tooltipText'], (named) => {
      place('MobileChannelHeaderButton', named);
      return place('ChannelHeaderButton', named);
    }),
    registerChannelHeaderMenuAction: reArg(['text', 'action', 'shouldRender'], (named) =>
      place('ChannelHeader', named),
    ),
    registerMainMenuAction: reArg(['text', 'action', 'mobileIcon'], (named) => place('MainMenu', named)),
    registerPostDropdownMenuAction: reArg(['text', 'action', 'filter'], (named) => place('PostDropdownMenu', named)),
    registerFileUploadMethod: reArg(['icon', 'action', 'text'], (named) => place('FileUploadMethod', named)),
    registerNeedsTeamRoute: reArg(['route', 'component'], ({ route, component }) =>
      place('NeedsTeamComponent', { route: `${pluginId}/${String(route).replace(/^\/+/, '')}`, component }),
    ),
    registerCustomRoute: reArg(['route', 'component'], ({ route, component }) =>
      place('CustomRouteComponent', { route: `${pluginId}/${String(route).replace(/^\/+/, '')}`, component }),
    ),
    registerPostTypeComponent: postTypeMethod(pluginId, host, 'RECEIVED_PLUGIN_POST_COMPONENT'),
    registerPostCardTypeComponent: postTypeMethod(pluginId, host, 'RECEIVED_PLUGIN_POST_CARD_COMPONENT'),
    unregisterComponent: reArg(['componentId'], ({ componentId }) => {
      host.store.dispatch({ type: 'REMOVED_PLUGIN_COMPONENT', id: componentId });
    }),
    unregisterPostTypeComponent: reArg(['componentId'], ({ componentId }) => {
      host.store.dispatch({ type: 'REMOVED_PLUGIN_POST_COMPONENT', id: componentId });
    }),
  };
}
