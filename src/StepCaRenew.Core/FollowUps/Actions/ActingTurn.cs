namespace StepCaRenew.FollowUps.Actions;

/// <summary>Whose the actions of a pair are.</summary>
internal enum ActingTurn
{
    /// <summary>Ours, from now on.</summary>
    Ours,

    /// <summary>Ours since an earlier renewal of this call: the pair was named twice.</summary>
    OursAlready,

    /// <summary>Those of another run, which is about to do them or at it.</summary>
    Anothers,
}
