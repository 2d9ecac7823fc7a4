import type * as React from 'react';

/** One choice of a radio setting. */
export interface RadioOption {
  value: string;
  text: string;
  helpText?: string;
}

/** A valid setting of a plugin's section. */
export type PluginSetting = { name: string; title?: string; helpText?: string; default?: string } & (
  | { type: 'radio'; default: string; options: RadioOption[] }
  | { type: 'custom'; component: React.ComponentType<{ informChange: (name: string, value: string) => void }> }
);

/** A valid section: settings with Save, or a component that does everything itself. */
export type PluginSection =
  | {
      title: string;
      disabled?: boolean;
      settings: PluginSetting[];
      onSubmit?: (changes: Record<string, string>) => void;
    }
  | { title: string; component: React.ComponentType };

/** A plugin's tab in the user settings. */
export interface PluginUserSettings {
  id: string;
  uiName: string;
  icon?: string;
  action?: { title: string; text: string; buttonText: string; onClick: () => void };
  sections: PluginSection[];
}

type Loose = Record<string, unknown>;

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function drop(pluginId: string, what: string): null {
  console.warn(`Plugin ${pluginId} registered invalid user settings: ${what}.`);
  return null;
}

function optional(source: Loose, names: string[], type: string): Loose {
  return Object.fromEntries(names.filter((name) => typeof source[name] === type).map((name) => [name, source[name]]));
}

function extractOption(option: unknown): RadioOption | null {
  if (!isObject(option) || !isText(option.value) || !isText(option.text)) return null;
  return { value: option.value, text: option.text, ...optional(option, ['helpText'], 'string') };
}

function extractSetting(setting: unknown, pluginId: string): PluginSetting | null {
  if (!isObject(setting) || !isText(setting.name)) return drop(pluginId, 'a setting without a name');
  const common = { name: setting.name, ...optional(setting, ['title', 'helpText', 'default'], 'string') };
  if (setting.type === 'custom') {
    // React.memo and forwardRef make objects; Mattermost takes functions only.
    if (typeof setting.component !== 'function') return drop(pluginId, 'a component that is not a function');
    const component = setting.component as React.ComponentType<{ informChange: (name: string, value: string) => void }>;
    return { ...common, type: 'custom', component };
  }
  if (setting.type !== 'radio') return drop(pluginId, 'a setting of unknown type');
  if (!isText(setting.default)) return drop(pluginId, 'a radio setting without a default');
  const given: unknown[] = Array.isArray(setting.options) ? setting.options : [];
  const options = given.map(extractOption).filter((option) => option !== null);
  if (options.length === 0) return drop(pluginId, 'a radio setting without options');
  return { ...common, type: 'radio', default: setting.default, options };
}

function extractSection(section: unknown, pluginId: string): PluginSection | null {
  if (!isObject(section) || !isText(section.title)) return drop(pluginId, 'a section without a title');
  const title = section.title;
  if (section.component !== undefined) {
    if (typeof section.component !== 'function') return drop(pluginId, 'a section component that is not a function');
    return { title, component: section.component as React.ComponentType };
  }
  const given: unknown[] = Array.isArray(section.settings) ? section.settings : [];
  const settings = given.map((one) => extractSetting(one, pluginId)).filter((one) => one !== null);
  if (settings.length === 0) return drop(pluginId, 'a section without a valid setting');
  const rest = { ...optional(section, ['disabled'], 'boolean'), ...optional(section, ['onSubmit'], 'function') };
  return { title, settings, ...rest };
}

function extractAction(action: unknown, pluginId: string): PluginUserSettings['action'] | null {
  if (!isObject(action)) return null;
  const { title, text, buttonText, onClick } = action;
  if (!isText(title) || !isText(text) || !isText(buttonText) || typeof onClick !== 'function') {
    return drop(pluginId, 'an incomplete action');
  }
  return { title, text, buttonText, onClick: onClick as () => void };
}

/** The valid parts of a registered schema; null when it has no name or no valid section. */
export function extractUserSettings(setting: unknown, pluginId: string): PluginUserSettings | null {
  if (!isObject(setting) || !isText(setting.uiName)) return drop(pluginId, 'no uiName');
  const given: unknown[] = Array.isArray(setting.sections) ? setting.sections : [];
  const sections: PluginSection[] = [];
  for (const one of given) {
    const section = extractSection(one, pluginId);
    if (section === null) continue;
    if (sections.some((other) => other.title === section.title)) drop(pluginId, 'two sections of one title');
    else sections.push(section);
  }
  if (sections.length === 0) return drop(pluginId, 'no valid section');
  const action = extractAction(setting.action, pluginId);
  const icon = isText(setting.icon) ? { icon: setting.icon } : {};
  return {
    id: pluginId,
    uiName: setting.uiName,
    sections,
    ...icon,
    ...(action === null || action === undefined ? {} : { action }),
  };
}

/** The preference category of a plugin's settings; the server allows 32 characters. */
export function settingsCategory(pluginId: string): string {
  return `pp_${pluginId}`.slice(0, 32);
}
