namespace StepCaRenew.Integration.Engine;

/// <summary>The ids of the events that tests wait for.</summary>
internal static class Event
{
    public const int Loaded = 100;
    public const int DeploymentAwaited = 101;
    public const int LockAwaited = 102;
    public const int NotLocked = 103;
    public const int Recovered = 104;
    public const int Swept = 105;
    public const int NotSwept = 106;
    public const int KeyNotLocked = 107;
    public const int NotDue = 110;
    public const int Due = 111;
    public const int Forced = 112;
    public const int AskingCa = 120;
    public const int Retrying = 121;
    public const int ClockDiffers = 122;
    public const int AskingAgain = 123;
    public const int NoMoreTokens = 125;
    public const int IssuersShown = 124;
    public const int AnswerVerified = 130;
    public const int IssuerEndsEarlier = 131;
    public const int ChangedDuringRenewal = 140;
    public const int HardLinked = 141;
    public const int OwnerNotKept = 142;
    public const int Renewed = 150;
    public const int Issued = 151;
    public const int Failed = 190;
    public const int CallEnded = 191;
    public const int RootsFollowed = 193;
    public const int RootsNotFollowed = 194;
}
