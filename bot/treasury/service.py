"""``Treasury``: everything that commands and panels may do with a server's money.

::

    quota(guild_id, *, user_id, role_ids, channel_id) -> Quota     # channel_id: home_of(interaction)
    history(guild_id, *, user_id=None, before_id=None, limit=20) -> list[Line]    # newest first
    quote(order) -> Quote                                           # what it costs, what stands in its way
    top_up(guild_id, amount, *, actor_id, reason, key) -> PotState
    sponsor(guild_id, channel_id, amount, *, actor_id, reason, key) -> int        # what the channel has now
    gift(guild_id, amount, *, giver: Who, to_id, channel_id, reason, key) -> ShareState   # the giver's then
    set_pot(guild_id, policy, *, actor_id, reason=None) -> PotState
    set_share(guild_id, share, *, actor_id, reason=None) -> MoneySettings         # puts or replaces
    remove_share(guild_id, subject, id, *, actor_id, reason=None) -> MoneySettings
    set_price(guild_id, price, *, actor_id, reason=None) -> MoneySettings         # puts or replaces
    remove_price(guild_id, host, kind, model, *, actor_id, reason=None) -> MoneySettings
    set_money(guild_id, name, value, *, actor_id, reason=None) -> MoneySettings   # gifts, gift_most, ...
    price_of(recipe, host, money) -> int                             # all its parts together

``key`` is what makes it happen once: the interaction's id. Errors: ``InvalidOption`` (``amount``, ``reason``,
``member``, ``zone``, ...), ``NotEnough`` (``limit``, ``left``, ``refills_at``), ``NotAllowed``.
"""
