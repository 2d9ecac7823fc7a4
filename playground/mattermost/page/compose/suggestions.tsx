import React from 'react';
import { requestOr } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { useApp } from '../parts/context.ts';
import type { Channel } from '../types.ts';

interface Suggestion {
  Complete: string;
  Suggestion: string;
  Hint: string;
  Description: string;
  IconData: string;
}

/** The open suggestions and what the keyboard does with them. */
export interface Suggestions {
  list: Suggestion[];
  at: number;
  open: boolean;
  pick: (suggestion: Suggestion) => void;
  onKey: (event: React.KeyboardEvent) => boolean;
}

interface Given {
  channel: Channel;
  rootId?: string;
  message: string;
  onPick: (message: string) => void;
}

/** Asks the server for command suggestions on every change of a draft that begins with `/`. */
function useFetched({ channel, rootId = '', message }: Given): [Suggestion[], (list: Suggestion[]) => void] {
  const teamId = useApp((state) => state.entities.teams.currentTeamId);
  const [list, setList] = React.useState<Suggestion[]>([]);
  React.useEffect(() => {
    let current = true;
    setList([]);
    if (!message.startsWith('/') || message.includes('\n')) return;
    const query = new URLSearchParams({
      user_input: message,
      team_id: teamId,
      channel_id: channel.id,
      root_id: rootId,
    });
    void requestOr<Suggestion[] | null>(`/teams/${teamId}/commands/autocomplete_suggestions?${query}`, []).then(
      (found) => {
        if (current) setList(Array.isArray(found) ? found : []);
      },
    );
    return () => {
      current = false;
    };
  }, [message, teamId, channel.id, rootId]);
  return [list, setList];
}

/** The suggestions for a draft: arrows move, Tab and Enter take one, Escape closes. */
export function useSuggestions(given: Given): Suggestions {
  const [list, setList] = useFetched(given);
  const [at, setAt] = React.useState(0);
  const open = list.length > 0;
  function pick(suggestion: Suggestion): void {
    given.onPick(`/${suggestion.Complete.replace(/^\//, '')} `);
    setList([]);
    setAt(0);
  }
  function onKey(event: React.KeyboardEvent): boolean {
    const chosen = list[Math.min(at, list.length - 1)];
    if (chosen === undefined) return false;
    // Enter on a command that is already complete sends it.
    const complete = given.message.trim() === `/${chosen.Complete.replace(/^\//, '')}`;
    if (event.key === 'Enter' && (complete || event.shiftKey)) return false;
    if (event.key === 'ArrowDown') setAt((at + 1) % list.length);
    else if (event.key === 'ArrowUp') setAt((at - 1 + list.length) % list.length);
    else if (event.key === 'Escape') setList([]);
    else if (event.key === 'Tab' || event.key === 'Enter') pick(chosen);
    else return false;
    event.preventDefault();
    return true;
  }
  return { list, at: Math.min(at, Math.max(0, list.length - 1)), open, pick, onKey };
}

/** The popup above the composer. */
export function SuggestionList({
  id,
  suggestions,
}: {
  id: string;
  suggestions: Suggestions;
}): React.ReactElement | null {
  const text = useText();
  if (!suggestions.open) return null;
  return (
    <div
      className="suggestion-list"
      id={id}
      role="listbox"
      aria-label={text('composer.suggestions')}
      data-testid="suggestions"
    >
      <div className="suggestion-list__divider">{text('composer.suggestions')}</div>
      {suggestions.list.map((suggestion, at) => (
        <button
          key={suggestion.Complete}
          type="button"
          role="option"
          aria-selected={at === suggestions.at}
          className="slash-command"
          tabIndex={-1}
          onMouseDown={(event) => {
            event.preventDefault();
            suggestions.pick(suggestion);
          }}
        >
          <span className="slash-command__icon">/</span>
          <span>
            <span className="slash-command__title">
              /{suggestion.Suggestion.replace(/^\//, '')} <em>{suggestion.Hint}</em>
            </span>
            <span className="slash-command__desc">{suggestion.Description}</span>
          </span>
        </button>
      ))}
    </div>
  );
}
